import { z } from 'zod';
import { attr } from '../graph/attributes.js';
import { outputOf } from '../graph/graph-builder.js';
import { firstFeatures, float, swapFirstTwo, zeros } from './emit.js';
import { blockCellWeights } from './gru-weights.js';
import { costOf } from './layer.js';
import type { BlockCellWeights } from './gru-weights.js';
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

function weightsOf(
  { name, weights }: LayerDefinition,
  features: number,
  config: GruConfig,
): BlockCellWeights {
  const { units } = config;
  const width = 3 * units;
  return blockCellWeights(
    {
      kernel: weights.values(`${name}/kernel`, [features, width]),
      recurrent: weights.values(`${name}/recurrent_kernel`, [units, width]),
      bias: config.use_bias ? weights.values(`${name}/bias`, [width]) : new Float32Array(width),
    },
    { features, units },
  );
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
      const { padded, ...cell } = weightsOf(definition, features, config);
      const weights = [
        graph.constant(cell.gates.data, cell.gates.shape, `${name}/w_ru`),
        graph.constant(cell.candidate.data, cell.candidate.shape, `${name}/w_c`),
        graph.constant(cell.gatesBias.data, [2 * padded], `${name}/b_ru`),
        graph.constant(cell.candidateBias.data, [padded], `${name}/b_c`),
      ];
      let state = zeros(into, padded);
      const states = unpackSteps(into, input, steps).map((step) => {
        const next = graph.add('GRUBlockCell', [step, state, ...weights], {
          name: `${name}/cell`,
          attrs: float,
        });
        state = outputOf(next, 3);
        return state;
      });
      if (!config.return_sequences) {
        return { edge: firstFeatures(graph, state, [-1, units], padded), layout: 'batch' };
      }
      const packed = graph.add('Pack', states, {
        attrs: { ...float, N: attr.int(steps), axis: attr.int(0) },
      });
      const edge = firstFeatures(graph, packed, [steps, -1, units], padded);
      return { edge, layout: 'steps' };
    },
  };
};
