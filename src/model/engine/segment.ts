import type { NetworkLayer } from '../layers/layer.js';
import type { HostTensor } from '../tensor.js';

/** One layer of a segment, with the numbers of the network's tensors that it takes and gives. */
export interface Step<Layer extends NetworkLayer = NetworkLayer> {
  readonly layer: Layer;
  readonly takes: readonly number[];
  readonly gives: number;
}

/** Neighbouring layers that are computed the same way, before they are loaded. */
export interface SegmentPlan<Layer extends NetworkLayer = NetworkLayer> {
  readonly steps: readonly Step<Layer>[];
  /** Numbers of the tensors that come from elsewhere. */
  readonly takes: readonly number[];
  /** Numbers of the tensors that are needed elsewhere. */
  readonly gives: readonly number[];
}

/** A segment, ready to compute. Batches are padded to whole vectors. */
export interface Segment {
  readonly takes: readonly number[];
  readonly gives: readonly number[];
  /**
   * @param inputs in the order of `takes`
   * @returns in the order of `gives`; their names say nothing
   */
  run(inputs: readonly HostTensor[]): HostTensor[];
  dispose(): void;
}
