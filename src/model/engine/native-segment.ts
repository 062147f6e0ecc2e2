import { attr } from '../graph/attributes.js';
import { GraphBuilder, outputOf } from '../graph/graph-builder.js';
import { loadGraph } from '../graph/session.js';
import { batchOf, itemsFirst } from '../layers/emit.js';
import type { Edge } from '../graph/graph-builder.js';
import type { Flow, NativeLayer } from '../layers/layer.js';
import type { TensorSpec } from '../tensor.js';
import type { Segment } from './segment.js';

/** What a native segment is made from. */
export interface NativeSegmentOptions {
  readonly layers: readonly NativeLayer[];
  readonly input: TensorSpec;
  /** With it, the outputs are the best cells and their scores, in place of all scores. */
  readonly topK?: number | undefined;
}

/** Index and value of the greatest scores, in falling order. */
function topKEdges(graph: GraphBuilder, scores: Edge, topK: number): Edge[] {
  const best = graph.add('TopKV2', [scores, graph.integers(topK)], {
    attrs: { T: attr.type('float32'), sorted: attr.bool(true) },
  });
  return [outputOf(best, 1), best];
}

/**
 * Writes the layers as one frozen TensorFlow graph, and loads it.
 * @throws {ModelError} MODEL_FILE_INVALID, ENGINE_FAILED
 */
export function nativeSegment({ layers, input, topK }: NativeSegmentOptions): Segment {
  const graph = new GraphBuilder();
  const placeholder = graph.placeholder('input', input.dtype, [-1, ...input.itemShape]);
  const into = { graph, batch: batchOf(graph, placeholder, input.dtype) };
  let flow: Flow = { edge: placeholder, layout: 'batch' };
  for (const layer of layers) flow = layer.emit(into, flow);
  // With nothing but dropout the output would be the placeholder, which can't be fetched.
  const output = graph.identity(itemsFirst(into, flow), 'float32');
  const edges = topK === undefined ? [output] : topKEdges(graph, output, topK);
  const session = loadGraph(graph);
  return {
    run: (tensor) => session.run([{ edge: placeholder, tensor }], edges),
    dispose: () => session.dispose(),
  };
}
