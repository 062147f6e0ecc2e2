import { attr } from '../graph/attributes.js';
import { GraphBuilder, outputOf } from '../graph/graph-builder.js';
import { loadGraph } from '../graph/session.js';
import { batchOf, itemsFirst } from '../layers/emit.js';
import { ModelError } from '../errors.js';
import { tensorSpec } from '../network-tensors.js';
import type { Edge } from '../graph/graph-builder.js';
import type { Emission, Flow, NativeLayer } from '../layers/layer.js';
import type { Network } from '../network.js';
import type { Segment, SegmentPlan } from './segment.js';

/** Index and value of the greatest scores, in falling order. */
function topKEdges(graph: GraphBuilder, scores: Edge, topK: number): Edge[] {
  const best = graph.add('TopKV2', [scores, graph.integers(topK)], {
    attrs: { T: attr.type('float32'), sorted: attr.bool(true) },
  });
  return [outputOf(best, 1), best];
}

function flowOf(flows: ReadonlyMap<number, Flow>, tensor: number): Flow {
  const flow = flows.get(tensor);
  if (flow) return flow;
  throw new ModelError('ENGINE_FAILED', `Tensor ${tensor} of the network is not there yet.`);
}

/**
 * Writes the layers as one frozen TensorFlow graph, and loads it.
 * @param topK where given, the outputs are the best cells and their scores, in place of all scores
 * @throws {ModelError} MODEL_FILE_INVALID, ENGINE_FAILED
 */
export function nativeSegment(
  network: Network,
  { steps, takes, gives }: SegmentPlan<NativeLayer>,
  topK?: number,
): Segment {
  const graph = new GraphBuilder();
  const specs = takes.map((tensor) => tensorSpec(network, tensor));
  const placeholders = specs.map(({ dtype, itemShape }) =>
    graph.placeholder('input', dtype, [-1, ...itemShape]),
  );
  const flows = new Map<number, Flow>();
  takes.forEach((tensor, at) => {
    const edge = placeholders[at];
    if (edge !== undefined) flows.set(tensor, { edge, layout: 'batch' });
  });
  const [first = 0] = takes;
  const batch = batchOf(graph, flowOf(flows, first).edge, specs[0]?.dtype ?? 'float32');
  const into: Emission = { graph, batch };
  for (const step of steps) {
    const [taken = first] = step.takes;
    flows.set(step.gives, step.layer.emit(into, flowOf(flows, taken)));
  }
  // A placeholder can't be fetched, and without layers the output would be one.
  const outputs = gives.map((tensor) =>
    graph.identity(itemsFirst(into, flowOf(flows, tensor)), 'float32'),
  );
  const edges =
    topK === undefined ? outputs : outputs.flatMap((scores) => topKEdges(graph, scores, topK));
  const session = loadGraph(graph);
  return {
    ...{ takes, gives },
    run: (tensors) =>
      session.run(
        placeholders.flatMap((edge, at) => {
          const tensor = tensors[at];
          return tensor ? [{ edge, tensor }] : [];
        }),
        edges,
      ),
    dispose: () => session.dispose(),
  };
}
