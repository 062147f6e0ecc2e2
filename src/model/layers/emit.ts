import { attr } from '../graph/attributes.js';
import type { Edge, GraphBuilder } from '../graph/graph-builder.js';
import type { DType } from '../tensor.js';
import type { Emission, Flow } from './layer.js';

/** The attribute of nearly every op on float32. */
export const float = { T: attr.type('float32') };

/** An op on float32 values that has no attribute but their type. */
export function floatOp(graph: GraphBuilder, op: string, ...inputs: Edge[]): Edge {
  return graph.add(op, inputs, { attrs: float });
}

/** The product of two matrices. */
export function product(graph: GraphBuilder, left: Edge, right: Edge): Edge {
  return graph.add('MatMul', [left, right], {
    attrs: { ...float, transpose_a: attr.bool(false), transpose_b: attr.bool(false) },
  });
}

/** `[a, b, …]` ↔ `[b, a, …]`: between items first and steps first. */
export function swapFirstTwo(graph: GraphBuilder, edge: Edge, rank: number, dtype: DType): Edge {
  const order = Array.from({ length: rank }, (_, axis) => (axis < 2 ? 1 - axis : axis));
  return graph.add('Transpose', [edge, graph.integers(order)], {
    attrs: { T: attr.type(dtype), Tperm: attr.type('int32') },
  });
}

/** The values with the items first, as they cross a cut. */
export function itemsFirst({ graph }: Emission, flow: Flow, dtype: DType = 'float32'): Edge {
  return flow.layout === 'batch' ? flow.edge : swapFirstTwo(graph, flow.edge, 3, dtype);
}

/** `[batch, features]` zeros. */
export function zeros({ graph, batch }: Emission, features: number): Edge {
  const shape = graph.add('Pack', [batch, graph.integers(features)], {
    attrs: { T: attr.type('int32'), N: attr.int(2), axis: attr.int(0) },
  });
  return graph.add('Fill', [shape, graph.scalar(0)], {
    attrs: { T: attr.type('float32'), index_type: attr.type('int32') },
  });
}

/** The number of items of a tensor with the items first: an int32 scalar. */
export function batchOf(graph: GraphBuilder, edge: Edge, dtype: DType): Edge {
  const shape = graph.add('Shape', [edge], {
    attrs: { T: attr.type(dtype), out_type: attr.type('int32') },
  });
  const [begin, end, stride] = [[0], [1], [1]].map((values) => graph.integers(values));
  if (!begin || !end || !stride) return shape;
  return graph.add('StridedSlice', [shape, begin, end, stride], {
    attrs: { T: attr.type('int32'), Index: attr.type('int32'), shrink_axis_mask: attr.int(1) },
  });
}

/**
 * Takes the padding off again: of each row of `padded` values the first ones.
 * @param shape of the result, with the number of values last and −1 for all of a dimension
 */
export function firstFeatures(
  graph: GraphBuilder,
  edge: Edge,
  shape: readonly number[],
  padded: number,
): Edge {
  if (shape.at(-1) === padded) return edge;
  const begin = graph.integers(shape.map(() => 0));
  return graph.add('Slice', [edge, begin, graph.integers(shape)], {
    attrs: { ...float, Index: attr.type('int32') },
  });
}
