import { ModelError } from '../errors.js';
import { nativeSegment } from './native-segment.js';
import { tfjsSegment } from './tfjs-segment.js';
import type { Network } from '../network.js';
import type { HostTensor } from '../tensor.js';
import type { Computation } from './segment-plans.js';
import type { Segment } from './segment.js';

/** The segments of a sub-model, loaded. */
export interface LoadedSegments {
  /**
   * @param values what the sub-model takes, by the tensors' numbers; whole vectors of items
   * @returns what it gives, in order; may be the inputs themselves
   */
  run(values: ReadonlyMap<number, HostTensor>): readonly HostTensor[];
  dispose(): void;
}

function valueOf(values: ReadonlyMap<number, HostTensor>, tensor: number): HostTensor {
  const value = values.get(tensor);
  if (value) return value;
  throw new ModelError('ENGINE_FAILED', `Tensor ${tensor} of the network is not there yet.`);
}

function load(
  network: Network,
  { segments: plans, sources }: Computation,
  topK: number | undefined,
): Segment[] {
  const segments: Segment[] = [];
  try {
    plans.forEach((plan, at) => {
      const best = at === plans.length - 1 ? topK : undefined;
      const segment =
        plan.route === 'native' ? nativeSegment(network, plan, best) : tfjsSegment(plan);
      segments.push(segment);
    });
    if (topK !== undefined && plans.at(-1)?.route !== 'native') {
      const ends = { takes: sources, gives: sources };
      segments.push(nativeSegment(network, { steps: [], ...ends }, topK));
    }
    return segments;
  } catch (cause) {
    for (const segment of segments) segment.dispose();
    throw cause;
  }
}

/**
 * Loads the segments of a sub-model.
 * @param topK where given, the last segment gives the best cells and their scores
 * @throws {ModelError} MODEL_UNSUPPORTED, MODEL_FILE_INVALID, ENGINE_FAILED
 */
export function loadSegments(
  network: Network,
  computation: Computation,
  topK: number | undefined,
): LoadedSegments {
  const segments = load(network, computation, topK);
  return {
    run(inputs) {
      const values = new Map(inputs);
      let last: readonly HostTensor[] = [];
      for (const segment of segments) {
        last = segment.run(segment.takes.map((tensor) => valueOf(values, tensor)));
        segment.gives.forEach((tensor, at) => {
          const value = last[at];
          if (value) values.set(tensor, value);
        });
      }
      if (topK !== undefined) return last;
      return computation.sources.map((tensor) => valueOf(values, tensor));
    },
    dispose: () => segments.forEach((segment) => segment.dispose()),
  };
}
