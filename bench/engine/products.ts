import { attr } from '../../src/model/graph/attributes.js';
import { GraphBuilder, type Edge } from '../../src/model/graph/graph-builder.js';
import { loadGraph, type Feed, type GraphSession } from '../../src/model/graph/session.js';
import { float, product } from '../../src/model/layers/emit.js';
import type { Network } from '../../src/model/network.js';
import { sizeOf } from '../../src/model/tensor.js';
import { inProcess, type Contender } from './contender.js';

/** A matrix product that an item needs `count` times: `[batch, rows]` × `[rows, columns]`. */
interface Product {
  readonly rows: number;
  readonly columns: number;
  readonly count: number;
}

/** The products of the reference architecture: of each GRU's steps, and of the dense layer. */
function productsOf({ layers }: Network): Product[] {
  return layers.flatMap(({ cost }, index) => {
    const [steps = 0, features = 0] = layers[index - 1]?.cost.outputShape ?? [];
    const columns = cost.outputShape.at(-1) ?? 0;
    if (cost.className === 'GRU') {
      return [{ rows: features + columns, columns: 3 * columns, count: steps }];
    }
    return cost.className === 'Dense' ? [{ rows: steps, columns, count: 1 }] : [];
  });
}

/** Floating-point operations of the products of one item. */
export function productFlops(network: Network): number {
  return productsOf(network).reduce(
    (sum, { rows, columns, count }) => sum + 2 * rows * columns * count,
    0,
  );
}

/** Some values; another seed gives others. */
function values(length: number, seed = 0): Float32Array {
  return Float32Array.from({ length }, (_, index) => Math.sin(index + seed));
}

/** Rows by which the inputs of two steps are apart: their memory stays aligned. */
const stepRows = 8;

/** The products as a graph for one size of batch, and what it is fed. */
function productsGraph(
  network: Network,
  items: number,
): { readonly session: GraphSession; readonly feeds: readonly Feed[]; readonly sum: Edge } {
  const graph = new GraphBuilder();
  const part = (edge: Edge, begin: readonly number[], size: readonly number[]): Edge =>
    graph.add('Slice', [edge, graph.integers(begin), graph.integers(size)], {
      attrs: { ...float, Index: attr.type('int32') },
    });
  const feeds = new Map<string, Feed>();
  const inputOf = (shape: readonly number[]): Edge => {
    const known = feeds.get(shape.join());
    if (known) return known.edge;
    const edge = graph.placeholder('input', 'float32', shape);
    const tensor = { dtype: 'float32' as const, shape, data: values(sizeOf(shape)) };
    feeds.set(shape.join(), { edge, tensor });
    return edge;
  };
  const used = productsOf(network).flatMap(({ rows, columns, count }, index) => {
    const edge = inputOf([items + (count - 1) * stepRows, rows]);
    // TensorFlow takes layers with equal weights for one.
    const weights = graph.constant(values(rows * columns, index + 1), [rows, columns]);
    return Array.from({ length: count }, (_, step) => {
      const input = part(edge, [step * stepRows, 0], [items, rows]);
      return part(product(graph, input, weights), [0, 0], [1, 1]);
    });
  });
  const sum = graph.add('AddN', used, { attrs: { ...float, N: attr.int(used.length) } });
  return { session: loadGraph(graph), feeds: [...feeds.values()], sum };
}

/**
 * Nothing but the network's matrix products, in the engine's own TensorFlow. Each step has an input
 * of its own, and one value of each product is used, so that none is left out.
 */
export function productsOnly(network: Network): Contender {
  const sessions: GraphSession[] = [];
  return {
    name: 'matrix products only',
    prepare(items) {
      const { session, feeds, sum } = productsGraph(network, items);
      sessions.push(session);
      return inProcess(items, () => session.run(feeds, [sum]));
    },
    close: () => sessions.forEach((session) => session.dispose()),
  };
}
