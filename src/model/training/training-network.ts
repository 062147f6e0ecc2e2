import { loadGraph } from '../graph/session.js';
import { ModelError } from '../errors.js';
import { trainingGraph } from './training-graph.js';
import { valueOf } from './parameters.js';
import type { Edge } from '../graph/graph-builder.js';
import type { Feed, GraphSession } from '../graph/session.js';
import type { HostTensor } from '../tensor.js';
import type { NetworkShape, ParameterValues } from './parameters.js';
import type { OptimiserOptions, TrainingGraph } from './training-graph.js';

/** Sequences of one training step, time-major: entry `step · batch + row`. */
export interface TrainingBatch {
  /** `[steps · batch]`: cells, 0 before a run's start. */
  readonly ids: Int32Array;
  /** `[steps · batch]`: the cell that came next. */
  readonly targets: Int32Array;
  /** `[steps · batch]`: how much each prediction counts; they sum to 1. */
  readonly weights: Float32Array;
  /** `[steps · batch]` each: the extra inputs of the network's shape, in their order. */
  readonly extras?: readonly Int32Array[];
}

/** A network's weights and Adam's two moments, each by parameter name. */
export interface TrainingState {
  readonly weights: ParameterValues;
  readonly moment1: ParameterValues;
  readonly moment2: ParameterValues;
}

/** The loss and the constants that the reference network is trained with. */
export const defaultOptimiser: OptimiserOptions = {
  labelSmoothing: 0,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-7,
  clipNorm: 1,
};

function float(edge: Edge, data: Float32Array, shape: readonly number[]): Feed {
  return { edge, tensor: { dtype: 'float32', shape, data } };
}

function int(edge: Edge, data: Int32Array): Feed {
  return { edge, tensor: { dtype: 'int32', shape: [data.length], data } };
}

/** `[batch, steps]` as `[steps · batch]`. */
function timeMajor(windows: Int32Array, steps: number): Int32Array {
  const batch = windows.length / steps;
  const turned = new Int32Array(windows.length);
  for (let row = 0; row < batch; row += 1) {
    for (let step = 0; step < steps; step += 1) {
      turned[step * batch + row] = windows[row * steps + step] ?? 0;
    }
  }
  return turned;
}

/** The values of a fetched float32 tensor. */
function floatsOf(tensor: HostTensor | undefined): Float32Array {
  if (tensor?.data instanceof Float32Array) return tensor.data;
  throw new ModelError('ENGINE_FAILED', 'The training graph gave no float32 tensor.');
}

/**
 * A network that is being trained, inside a TensorFlow session. It holds weights and moments until
 * it is disposed of; {@link TrainingNetwork.state} reads them out.
 *
 * @example
 * const network = new TrainingNetwork(shape);
 * network.setState(freshState(initialWeights(shape, seed)));
 * const loss = network.step(batch, 1, 2e-3, seed);
 */
export class TrainingNetwork {
  readonly shape: NetworkShape;
  /** How many cells a ranking has. */
  readonly k: number;
  readonly #optimiser: OptimiserOptions;
  readonly #graph: TrainingGraph;
  readonly #session: GraphSession;

  constructor(shape: NetworkShape, optimiser: OptimiserOptions = defaultOptimiser, k = 5) {
    this.shape = shape;
    this.k = Math.min(k, shape.cells);
    this.#optimiser = optimiser;
    this.#graph = trainingGraph(shape, optimiser, this.k);
    this.#session = loadGraph(this.#graph.graph);
  }

  /** Sets weights and moments. */
  setState(state: TrainingState): void {
    const feeds = this.#graph.parameters.flatMap(({ name, shape, assigns }) =>
      [state.weights, state.moment1, state.moment2].flatMap((values, slot) => {
        const edge = assigns[slot];
        return edge === undefined ? [] : [float(edge, valueOf(values, name), shape)];
      }),
    );
    this.#session.run(feeds, [this.#graph.assigned]);
  }

  /** Copies of weights and moments as they are now. */
  state(): TrainingState {
    const [weights, moment1, moment2] = [0, 1, 2].map((slot) => this.#slot(slot));
    if (weights === undefined || moment1 === undefined || moment2 === undefined) {
      throw new ModelError('ENGINE_FAILED', 'The training graph lost its variables.');
    }
    return { weights, moment1, moment2 };
  }

  /** A copy of the weights as they are now. */
  weights(): ParameterValues {
    return this.#slot(0);
  }

  /**
   * One step of Adam.
   *
   * @param number counts the steps of this state, the first is 1
   * @param seed decides what dropout drops in this step, together with `number`
   * @returns the mean loss over the batch before the step, in nats
   */
  step(batch: TrainingBatch, number: number, learningRate: number, seed: number): number {
    const { beta1, beta2 } = this.#optimiser;
    const graph = this.#graph;
    const scalars: [Edge, number][] = [
      [graph.learningRate, learningRate],
      [graph.beta1Power, beta1 ** number],
      [graph.beta2Power, beta2 ** number],
    ];
    const feeds = [
      ...this.#batchFeeds(batch, seed, number),
      ...scalars.map(([edge, value]) => float(edge, Float32Array.of(value), [])),
    ];
    const [loss] = this.#session.run(feeds, [graph.step]);
    return floatsOf(loss)[0] ?? NaN;
  }

  /** The loss and its gradient by every parameter, before clipping; nothing is changed. */
  gradients(batch: TrainingBatch, seed: number): { loss: number; gradients: ParameterValues } {
    const { parameters, loss } = this.#graph;
    const [lossTensor, ...tensors] = this.#session.run(this.#batchFeeds(batch, seed, 0), [
      loss,
      ...parameters.map(({ gradient }) => gradient),
    ]);
    return {
      loss: floatsOf(lossTensor)[0] ?? NaN,
      gradients: new Map(parameters.map(({ name }, index) => [name, floatsOf(tensors[index])])),
    };
  }

  /**
   * The likeliest next cells of windows, without dropout.
   *
   * @param windows `[batch, steps]`
   * @param extras the extra inputs of the shape, each `[batch, steps]`
   * @returns `[batch, k]`, best first
   */
  rank(windows: Int32Array, extras: readonly Int32Array[] = []): Int32Array {
    const { steps } = this.shape;
    const graph = this.#graph;
    const feeds = [windows, ...extras].map((input, index) =>
      int(graph.extras[index - 1] ?? graph.ids, timeMajor(input, steps)),
    );
    const [ranking] = this.#session.run(feeds, [graph.ranking]);
    return Int32Array.from(ranking?.data ?? []);
  }

  /** Frees the session. */
  dispose(): void {
    this.#session.dispose();
  }

  #batchFeeds(batch: TrainingBatch, seed: number, number: number): Feed[] {
    const graph = this.#graph;
    const feeds = [
      int(graph.ids, batch.ids),
      int(graph.targets, batch.targets),
      float(graph.weights, batch.weights, [batch.weights.length]),
      ...graph.extras.map((edge, index) => int(edge, batch.extras?.[index] ?? new Int32Array())),
    ];
    // Each layer adds its number to the first of the two: 64 apart, no two draws share a seed.
    if (this.shape.dropout > 0)
      feeds.push(int(graph.dropoutSeed, Int32Array.of(64 * number, seed)));
    return feeds;
  }

  #slot(slot: number): ParameterValues {
    const { parameters } = this.#graph;
    const tensors = this.#session.run(
      [],
      parameters.flatMap(({ slots }) => slots.slice(slot, slot + 1)),
    );
    return new Map(
      parameters.map(({ name }, index) => [name, Float32Array.from(floatsOf(tensors[index]))]),
    );
  }
}

/** A state to begin with: these weights, and moments of 0. */
export function freshState(weights: ParameterValues): TrainingState {
  const zeros = (): ParameterValues =>
    new Map(Array.from(weights, ([name, values]) => [name, new Float32Array(values.length)]));
  return { weights, moment1: zeros(), moment2: zeros() };
}
