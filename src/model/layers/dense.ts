import { z } from 'zod';
import { firstFeatures, floatOp, product } from './emit.js';
import { costOf } from './layer.js';
import { padToVector } from './vector.js';
import type { NativeLayerMaker } from './layer.js';

const configSchema = z.object({
  units: z.int().positive(),
  activation: z.string().nullish(),
  use_bias: z.boolean().default(true),
});

/** TensorFlow's ops for the activations that have one; `undefined` for none at all. */
const activationOps = new Map<string, string | undefined>([
  ['linear', undefined],
  ['softmax', 'Softmax'],
  ['relu', 'Relu'],
  ['relu6', 'Relu6'],
  ['elu', 'Elu'],
  ['selu', 'Selu'],
  ['sigmoid', 'Sigmoid'],
  ['tanh', 'Tanh'],
  ['softplus', 'Softplus'],
  ['softsign', 'Softsign'],
]);

/** A row-major matrix with each row made longer. */
function padRows(matrix: Float32Array, width: number, padded: number, fill: number): Float32Array {
  if (width === padded) return matrix;
  const rows = matrix.length / width;
  const wider = new Float32Array(rows * padded).fill(fill);
  for (let row = 0; row < rows; row += 1) {
    wider.set(matrix.subarray(row * width, (row + 1) * width), row * padded);
  }
  return wider;
}

/** `[batch, features]` → `[batch, units]`: matrix product, bias, activation. */
export const dense: NativeLayerMaker = (definition) => {
  const config = configSchema.parse(definition.config);
  const { name, weights, inputShape } = definition;
  const [features] = inputShape;
  const activation = config.activation ?? 'linear';
  if (inputShape.length !== 1 || !features || !activationOps.has(activation)) return undefined;
  const { units } = config;
  const weightCount = (features + (config.use_bias ? 1 : 0)) * units;
  return {
    route: 'native',
    cost: costOf(definition, [units], {
      flops: 2 * weightCount + (activation === 'linear' ? 0 : 4 * units),
      weightCount,
    }),
    emit({ graph }, input) {
      const op = activationOps.get(activation);
      // Softmax works row by row, so its rows are made of whole vectors.
      const padded = op === 'Softmax' ? padToVector(units) : units;
      const values = weights.values(`${name}/kernel`, [features, units]);
      const kernel = padRows(values, units, padded, 0);
      const constant = graph.constant(kernel, [features, padded], `${name}/w`);
      let edge = product(graph, input.edge, constant);
      if (config.use_bias || padded > units) {
        const bias = config.use_bias
          ? weights.values(`${name}/bias`, [units])
          : new Float32Array(units);
        const row = padRows(bias, units, padded, -Infinity);
        edge = floatOp(graph, 'BiasAdd', edge, graph.constant(row, [padded], `${name}/b`));
      }
      if (op !== undefined) edge = floatOp(graph, op, edge);
      return { edge: firstFeatures(graph, edge, [-1, units], padded), layout: 'batch' };
    },
  };
};
