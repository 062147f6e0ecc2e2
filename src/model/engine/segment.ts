import type { HostTensor } from '../tensor.js';

/**
 * A run of layers that are computed the same way. Batches are whole multiples of
 * {@link batchMultiple} items.
 */
export interface Segment {
  /** The outputs, in order; their names say nothing. */
  run(input: HostTensor): HostTensor[];
  dispose(): void;
}

/**
 * Batches are padded to a multiple of this. The native matrix product computes rows in blocks and
 * what is left over in another order; with whole blocks only, an item's bits do not depend on the
 * items beside it (test/unit/model/engine.test.ts).
 */
export const batchMultiple = 8;
