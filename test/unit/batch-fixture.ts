import type { ItemHeader, TensorBatch, WireTensor } from '../../src/wire/tensor-batch.js';

/** A batch with everything that the test at hand doesn't care about. */
export function aBatch(cares: Partial<TensorBatch>): TensorBatch {
  return { plan: 'p1', stage: 0, covers: { from: 0, to: 100 }, items: [], tensors: [], ...cares };
}

/** An item with everything that the test at hand doesn't care about. */
export function anItem(offset: number, cares: Partial<ItemHeader> = {}): ItemHeader {
  const times = { eventTimeMs: 0, ingestTimeMs: 0 };
  return { offset, key: 'taxi-1', ...times, failure: null, replay: null, ...cares };
}

/** A float32 tensor. */
export function floats(
  name: string,
  shape: readonly number[],
  values: readonly number[],
): WireTensor {
  return { name, dtype: 'float32', shape, data: Float32Array.from(values) };
}

/** An int32 tensor. */
export function ints(
  name: string,
  shape: readonly number[],
  values: readonly number[],
): WireTensor {
  return { name, dtype: 'int32', shape, data: Int32Array.from(values) };
}
