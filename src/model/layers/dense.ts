import { z } from 'zod';
import { attr } from '../graph/attributes.js';
import { float, floatOp } from './emit.js';
import { costOf } from './layer.js';
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
      const shape = [features, units];
      const kernel = graph.constant(weights.values(`${name}/kernel`, shape), shape, `${name}/w`);
      let edge = graph.add('MatMul', [input.edge, kernel], {
        attrs: { ...float, transpose_a: attr.bool(false), transpose_b: attr.bool(false) },
      });
      if (config.use_bias) {
        const bias = graph.constant(weights.values(`${name}/bias`, [units]), [units], `${name}/b`);
        edge = floatOp(graph, 'BiasAdd', edge, bias);
      }
      const op = activationOps.get(activation);
      return { edge: op === undefined ? edge : floatOp(graph, op, edge), layout: 'batch' };
    },
  };
};
