import { z } from 'zod';
import { attr } from '../graph/attributes.js';
import { outputOf } from '../graph/graph-builder.js';
import { float, swapFirstTwo, zeros } from './emit.js';
import { costOf } from './layer.js';
import type { Edge } from '../graph/graph-builder.js';
import type { Emission, Flow, LayerDefinition, NativeLayerMaker } from './layer.js';

const configSchema = z.object({
  units: z.int().positive(),
  activation: z.unknown().optional(),
  recurrent_activation: z.unknown().optional(),
  use_bias: z.boolean().default(true),
  reset_after: z.boolean().nullish(),
  return_sequences: z.boolean().default(false),
  return_state: z.boolean().nullish(),
  go_backwards: z.boolean().nullish(),
  stateful: z.boolean().nullish(),
});

type GruConfig = z.infer<typeof configSchema>;

/** GRUBlockCell computes this cell and no other. */
function isBlockCell(config: GruConfig): boolean {
  return (
    config.activation === 'tanh' &&
    config.recurrent_activation === 'sigmoid' &&
    config.reset_after !== true &&
    config.return_state !== true &&
    config.go_backwards !== true &&
    config.stateful !== true
  );
}

/** Columns `from … to` of a row-major matrix with `width` columns. */
function columns(matrix: Float32Array, width: number, from: number, to: number): Float32Array[] {
  return Array.from({ length: matrix.length / width }, (_, row) =>
    matrix.subarray(row * width + from, row * width + to),
  );
}

function concat(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** The cell's weights, as constants in the order in which GRUBlockCell takes them. */
interface CellWeights {
  readonly gates: Float32Array;
  readonly candidate: Float32Array;
  readonly gatesBias: Float32Array;
  readonly candidateBias: Float32Array;
}

/**
 * Keras' gates, side by side in the order update (z), reset (r), candidate, become GRUBlockCell's
 * two matrices: reset and update (`[in + units, 2 · units]`), and candidate; in both the rows of
 * the input stand above those of the state.
 */
function cellWeights(
  definition: LayerDefinition,
  features: number,
  config: GruConfig,
): CellWeights {
  const { name, weights } = definition;
  const { units } = config;
  const width = 3 * units;
  const kernel = weights.values(`${name}/kernel`, [features, width]);
  const recurrent = weights.values(`${name}/recurrent_kernel`, [units, width]);
  const bias = config.use_bias ? weights.values(`${name}/bias`, [width]) : new Float32Array(width);
  const gates = [kernel, recurrent].flatMap((matrix) => {
    const update = columns(matrix, width, 0, units);
    const reset = columns(matrix, width, units, 2 * units);
    return reset.flatMap((row, index) => [row, update[index] ?? row]);
  });
  const candidate = [kernel, recurrent].flatMap((matrix) =>
    columns(matrix, width, 2 * units, width),
  );
  return {
    gates: concat(gates),
    candidate: concat(candidate),
    gatesBias: concat([bias.subarray(units, 2 * units), bias.subarray(0, units)]),
    candidateBias: bias.slice(2 * units),
  };
}

function unpackSteps({ graph }: Emission, input: Flow, steps: number): Edge[] {
  const stepsFirst =
    input.layout === 'steps' ? input.edge : swapFirstTwo(graph, input.edge, 3, 'float32');
  const first = graph.add('Unpack', [stepsFirst], {
    attrs: { ...float, num: attr.int(steps), axis: attr.int(0) },
  });
  return Array.from({ length: steps }, (_, step) => outputOf(first, step));
}

/**
 * `[batch, steps, features]` → `[batch, steps, units]` or, of the last step only, `[batch, units]`.
 * One native GRUBlockCell a step.
 * @see https://www.tensorflow.org/api_docs/python/tf/raw_ops/GRUBlockCell
 */
export const gru: NativeLayerMaker = (definition) => {
  const config = configSchema.parse(definition.config);
  const [steps, features] = definition.inputShape;
  if (!isBlockCell(config) || !steps || !features || definition.inputShape.length !== 2) {
    return undefined;
  }
  const { units } = config;
  const outputShape = config.return_sequences ? [steps, units] : [units];
  return {
    route: 'native',
    cost: costOf(definition, outputShape, {
      // Three products with [input, state], and ten elementwise operations a unit.
      flops: steps * (2 * (features + units) * 3 * units + 10 * units),
      weightCount: (features + units + (config.use_bias ? 1 : 0)) * 3 * units,
    }),
    emit(into, input) {
      const { graph } = into;
      const { name } = definition;
      const values = cellWeights(definition, features, config);
      const rows = features + units;
      const weights = [
        graph.constant(values.gates, [rows, 2 * units], `${name}/w_ru`),
        graph.constant(values.candidate, [rows, units], `${name}/w_c`),
        graph.constant(values.gatesBias, [2 * units], `${name}/b_ru`),
        graph.constant(values.candidateBias, [units], `${name}/b_c`),
      ];
      let state = zeros(into, units);
      const states = unpackSteps(into, input, steps).map((step) => {
        const cell = graph.add('GRUBlockCell', [step, state, ...weights], {
          name: `${name}/cell`,
          attrs: float,
        });
        state = outputOf(cell, 3);
        return state;
      });
      if (!config.return_sequences) return { edge: state, layout: 'batch' };
      const edge = graph.add('Pack', states, {
        attrs: { ...float, N: attr.int(steps), axis: attr.int(0) },
      });
      return { edge, layout: 'steps' };
    },
  };
};
