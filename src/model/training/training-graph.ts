import { attr } from '../graph/attributes.js';
import { GraphBuilder, outputOf } from '../graph/graph-builder.js';
import { crossEntropy, dropout, embedding, gru, layerNorm } from './layers.js';
import { Ops } from './ops.js';
import { extraEmbedding, parametersOf, valueOf } from './parameters.js';
import type { Edge } from '../graph/graph-builder.js';
import type { Layer, Tape } from './layers.js';
import type { NetworkShape, ParameterSpec } from './parameters.js';

/** What is minimised and how: the loss, Adam's constants but the learning rate, and clipping. */
export interface OptimiserOptions {
  /** The share of the probability that the loss wants spread evenly over all cells, 0 … 1. */
  readonly labelSmoothing: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** The gradient over all parameters is scaled down to this Euclidean length if it is longer. */
  readonly clipNorm: number;
}

/** A parameter in the graph. */
export interface GraphParameter extends ParameterSpec {
  /** To be fetched: the parameter and Adam's first and second moment of its gradient. */
  readonly slots: readonly Edge[];
  /** To be fed, in the same order, when `assigned` is fetched. */
  readonly assigns: readonly Edge[];
  /** By this parameter, before it is clipped. */
  readonly gradient: Edge;
}

/** What runs of the graph feed and fetch. */
export interface TrainingGraph {
  readonly graph: GraphBuilder;
  readonly parameters: readonly GraphParameter[];
  /** Placeholders `[steps · batch]`, time-major: int32, int32, float32. */
  readonly ids: Edge;
  readonly targets: Edge;
  readonly weights: Edge;
  /** The same, int32, for each extra input of the shape. */
  readonly extras: readonly Edge[];
  /** Placeholders of a step: float32 `[]`, and int32 `[2]` for dropout. */
  readonly learningRate: Edge;
  readonly beta1Power: Edge;
  readonly beta2Power: Edge;
  readonly dropoutSeed: Edge;
  /** The loss before the step, fetched once the step is done. */
  readonly step: Edge;
  /** The loss alone. */
  readonly loss: Edge;
  /** Fetched to set all parameters and moments. */
  readonly assigned: Edge;
  /** int32 `[batch, k]`: the likeliest next cells after the last step, best first. No dropout. */
  readonly ranking: Edge;
}

/** What the network is given: cells, and the extra inputs of its shape. */
interface Inputs {
  readonly ids: Edge;
  readonly extras: readonly Edge[];
}

function embeddingOf(tape: Tape, shape: NetworkShape, inputs: Inputs): Layer {
  const { cells, extras = [] } = shape;
  const others = extras.map((extra, index) => ({
    table: extraEmbedding(extra),
    ids: inputs.extras[index] ?? inputs.ids,
    size: extra.size,
  }));
  return embedding(tape, { table: 'embedding', ids: inputs.ids, size: cells }, others);
}

/** All layers below the dense one. Without a seed no activation is dropped. */
function stack(tape: Tape, shape: NetworkShape, inputs: Inputs, dropoutSeed: Edge | null): Layer[] {
  const { graph } = tape.ops;
  const layers: Layer[] = [];
  const push = (layer: Layer): Edge => {
    layers.push(layer);
    return layer.output;
  };
  let output = push(embeddingOf(tape, shape, inputs));
  for (let depth = 1; depth <= shape.depth; depth += 1) {
    output = push(gru(tape, `gru_${depth}`, output, shape.steps));
    if (depth === shape.depth) break;
    output = push(layerNorm(tape, `norm_${depth}`, output));
    if (dropoutSeed === null || shape.dropout === 0) continue;
    const layerSeed = graph.add('AddV2', [dropoutSeed, graph.integers([depth, 0])], {
      attrs: { T: attr.type('int32') },
    });
    output = push(dropout(tape, output, shape.dropout, layerSeed));
  }
  return layers;
}

function rankingOf(tape: Tape, shape: NetworkShape, inputs: Inputs, k: number): Edge {
  const { ops } = tape;
  const output = stack(tape, shape, inputs, null).at(-1)?.output ?? inputs.ids;
  const last = ops.split(output, shape.steps).at(-1) ?? output;
  const product = ops.matmul(last, tape.value('dense/kernel'));
  const logits = ops.biasAdd(product, tape.value('dense/bias'));
  const top = ops.graph.add('TopKV2', [logits, ops.graph.integers(k)], {
    attrs: { T: attr.type('float32') },
  });
  return outputOf(top, 1);
}

/** What a gradient is multiplied with so that all of them together are at most `clipNorm` long. */
function clipScale(ops: Ops, gradients: Iterable<Edge>, clipNorm: number): Edge {
  const halves = ops.sumOfAll(Array.from(gradients, (edge) => ops.halfSumOfSquares(edge)));
  const norm = ops.sqrt(ops.multiply(halves, ops.graph.scalar(2)));
  const limit = ops.graph.scalar(clipNorm);
  return ops.divide(limit, ops.maximum(norm, limit));
}

/**
 * The whole training step of a network as one TensorFlow graph: forward pass, cross-entropy at
 * every time step, backward pass, clipping, Adam.
 *
 * @param k how many cells a ranking has
 * @see https://arxiv.org/abs/1412.6980 (Adam)
 * @see https://arxiv.org/abs/1211.5063 (clipping by the global norm)
 */
export function trainingGraph(
  shape: NetworkShape,
  optimiser: OptimiserOptions,
  k: number,
): TrainingGraph {
  const graph = new GraphBuilder();
  const ops = new Ops(graph);
  const ids = graph.placeholder('ids', 'int32', [-1]);
  const targets = graph.placeholder('targets', 'int32', [-1]);
  const weights = graph.placeholder('weights', 'float32', [-1]);
  const extras = (shape.extras ?? []).map(({ name }) =>
    graph.placeholder(`extra_${name}`, 'int32', [-1]),
  );
  const inputs = { ids, extras };
  const learningRate = graph.placeholder('learning_rate', 'float32', []);
  const beta1Power = graph.placeholder('beta1_power', 'float32', []);
  const beta2Power = graph.placeholder('beta2_power', 'float32', []);
  const dropoutSeed = graph.placeholder('dropout_seed', 'int32', [2]);

  const variables = parametersOf(shape).map((spec) => {
    const [value, moment1, moment2] = [
      graph.variable(`${spec.name}/value`, 'float32', spec.shape),
      graph.variable(`${spec.name}/moment1`, 'float32', spec.shape),
      graph.variable(`${spec.name}/moment2`, 'float32', spec.shape),
    ];
    return { spec, handles: [value, moment1, moment2], read: graph.read(value, 'float32') };
  });
  const reads = new Map(variables.map(({ spec, read }) => [spec.name, read]));
  const gradients = new Map<string, Edge>();
  const tape: Tape = {
    ops,
    value: (name) => valueOf(reads, name),
    gradient: (name, edge) => gradients.set(name, edge),
  };

  const layers = stack(tape, shape, inputs, dropoutSeed);
  const { labelSmoothing } = optimiser;
  const truth = { targets, weights, cells: shape.cells, labelSmoothing };
  const end = crossEntropy(tape, layers.at(-1)?.output ?? ids, truth);
  layers.reduceRight((gradient, layer) => layer.backward(gradient), end.backward());

  const scale = clipScale(ops, gradients.values(), optimiser.clipNorm);
  const constants = [optimiser.beta1, optimiser.beta2, optimiser.epsilon].map((value) =>
    graph.scalar(value),
  );
  const rates = [beta1Power, beta2Power, learningRate, ...constants];
  const applied: Edge[] = [];
  const assigned: Edge[] = [];
  const parameters = variables.map(({ spec, handles, read }): GraphParameter => {
    const gradient = valueOf(gradients, spec.name);
    applied.push(
      graph.add('ResourceApplyAdam', [...handles, ...rates, ops.multiply(gradient, scale)], {
        attrs: { T: attr.type('float32') },
      }),
    );
    const assigns = handles.map((handle) => {
      const fed = graph.placeholder(`${spec.name}/assign`, 'float32', spec.shape);
      assigned.push(graph.assign(handle, 'float32', fed));
      return fed;
    });
    const moments = handles.slice(1).map((handle) => graph.read(handle, 'float32'));
    return { ...spec, slots: [read, ...moments], assigns, gradient };
  });
  return {
    graph,
    parameters,
    ids,
    targets,
    weights,
    extras,
    learningRate,
    beta1Power,
    beta2Power,
    dropoutSeed,
    step: graph.identity(end.loss, 'float32', { name: 'step', after: applied }),
    loss: end.loss,
    assigned: graph.allOf(assigned, 'assigned'),
    ranking: rankingOf(tape, shape, inputs, k),
  };
}
