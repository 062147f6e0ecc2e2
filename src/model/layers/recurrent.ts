import { z } from 'zod';
import { attr } from '../graph/attributes.js';
import { outputOf } from '../graph/graph-builder.js';
import { firstFeatures, float, swapFirstTwo } from './emit.js';
import { costOf } from './layer.js';
import { padToVector } from './vector.js';
import type { Edge, GraphBuilder } from '../graph/graph-builder.js';
import type { KerasGates } from './gates.js';
import type { Emission, LayerDefinition, NativeLayer } from './layer.js';

/** What the configurations of all recurrent layers have. */
export const recurrentSchema = z.object({
  units: z.int().positive(),
  activation: z.unknown().optional(),
  recurrent_activation: z.unknown().optional(),
  use_bias: z.boolean().default(true),
  return_sequences: z.boolean().default(false),
  return_state: z.boolean().nullish(),
  go_backwards: z.boolean().nullish(),
  stateful: z.boolean().nullish(),
});

/** A recurrent layer's configuration. */
export type RecurrentConfig = z.infer<typeof recurrentSchema>;

/** A recurrent layer's weights as the model has them; `bias` is all zeros where there is none. */
export interface RecurrentWeights {
  /** `[features, gates · units]` */
  readonly kernel: KerasGates;
  /** `[units, gates · units]` */
  readonly recurrent: KerasGates;
  /** `[biasRows, gates · units]` */
  readonly bias: KerasGates;
}

/** The states of all steps, `[batch, padded units]` each. */
export interface States {
  /** `[steps, batch, padded units]` */
  all(): Edge;
  /** `[batch, padded units]` */
  last(): Edge;
}

/** What differs between recurrent layers. */
export interface RecurrentCell {
  /** In the order in which Keras keeps their weights. */
  readonly gates: readonly string[];
  /** Biases of each gate. */
  readonly biasRows: 1 | 2;
  /** Elementwise operations per unit and step, to reckon the cost. */
  readonly operations: number;
  /**
   * Writes the nodes of all steps.
   * @param sequence `[steps, batch, features]`
   */
  emit(into: Emission, sequence: Edge, weights: RecurrentWeights): States;
}

/** Tanh and sigmoid, forwards, without a state that outlives the batch. */
function isStandard(config: RecurrentConfig): boolean {
  return (
    config.activation === 'tanh' &&
    config.recurrent_activation === 'sigmoid' &&
    config.return_state !== true &&
    config.go_backwards !== true &&
    config.stateful !== true
  );
}

function weightsOf(
  { name, weights }: LayerDefinition,
  features: number,
  { units, use_bias: hasBias }: RecurrentConfig,
  { gates, biasRows }: RecurrentCell,
): RecurrentWeights {
  const width = gates.length * units;
  const inGates = (data: Float32Array): KerasGates => ({ data, gates, units });
  const biasShape = biasRows === 1 ? [width] : [biasRows, width];
  return {
    kernel: inGates(weights.values(`${name}/kernel`, [features, width])),
    recurrent: inGates(weights.values(`${name}/recurrent_kernel`, [units, width])),
    bias: inGates(
      hasBias ? weights.values(`${name}/bias`, biasShape) : new Float32Array(biasRows * width),
    ),
  };
}

/** The steps of a sequence that has them first, as views. */
export function unpackSteps(graph: GraphBuilder, sequence: Edge, steps: number): Edge[] {
  const first = graph.add('Unpack', [sequence], {
    attrs: { ...float, num: attr.int(steps), axis: attr.int(0) },
  });
  return Array.from({ length: steps }, (_, step) => outputOf(first, step));
}

/** Steps one after the other, each with the state that the one before it has left. */
export function stepByStep<Input>(
  graph: GraphBuilder,
  initial: Edge,
  inputs: readonly Input[],
  step: (input: Input, state: Edge) => Edge,
): States {
  const states: Edge[] = [];
  let state = initial;
  for (const input of inputs) {
    state = step(input, state);
    states.push(state);
  }
  return {
    all: () =>
      graph.add('Pack', states, {
        attrs: { ...float, N: attr.int(states.length), axis: attr.int(0) },
      }),
    last: () => state,
  };
}

/**
 * A recurrent layer: `[batch, steps, features]` → `[batch, steps, units]` or, of the last step only,
 * `[batch, units]`. `undefined` where the configuration is none that a cell computes.
 */
export function recurrentLayer(
  definition: LayerDefinition,
  config: RecurrentConfig,
  cell: RecurrentCell,
): NativeLayer | undefined {
  const [steps, features] = definition.inputShape;
  if (!isStandard(config) || !steps || !features || definition.inputShape.length !== 2) {
    return undefined;
  }
  const { units, return_sequences: isSequence } = config;
  const padded = padToVector(units);
  const width = cell.gates.length * units;
  const biasRows = config.use_bias ? cell.biasRows : 0;
  return {
    route: 'native',
    cost: costOf(definition, isSequence ? [steps, units] : [units], {
      flops: steps * (2 * (features + units) * width + cell.operations * units),
      weightCount: (features + units + biasRows) * width,
    }),
    emit(into, { edge, layout }) {
      const { graph } = into;
      const sequence = layout === 'steps' ? edge : swapFirstTwo(graph, edge, 3, 'float32');
      const states = cell.emit(into, sequence, weightsOf(definition, features, config, cell));
      return isSequence
        ? { edge: firstFeatures(graph, states.all(), [steps, -1, units], padded), layout: 'steps' }
        : { edge: firstFeatures(graph, states.last(), [-1, units], padded), layout: 'batch' };
    },
  };
}
