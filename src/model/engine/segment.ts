import type { HostTensor } from '../tensor.js';

/** A run of layers that are computed the same way. Batches are padded to whole vectors. */
export interface Segment {
  /** The outputs, in order; their names say nothing. */
  run(input: HostTensor): HostTensor[];
  dispose(): void;
}
