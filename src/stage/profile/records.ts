import type { HostTensor } from '../../model/tensor.js';
import { copyElements } from '../../wire/tensor.js';
import {
  encodeTensorBatch,
  type Encoding,
  type TensorBatch,
  type WireTensor,
} from '../../wire/tensor-batch.js';

/** Rows `from` to `from + count` of a tensor, beginning anew where it ends. */
export function rowsFrom(tensor: HostTensor, from: number, count: number): WireTensor {
  const [rows = 1, ...itemShape] = tensor.shape;
  const width = tensor.data.length / rows;
  const data =
    tensor.dtype === 'int32' ? new Int32Array(count * width) : new Float32Array(count * width);
  for (let row = 0; row < count; row += 1) {
    const at = ((from + row) % rows) * width;
    data.set(tensor.data.subarray(at, at + width), row * width);
  }
  return { ...tensor, shape: [count, ...itemShape], data };
}

/** A record as a stage reads it: items of a city's vehicles, one after the other. */
export function recordOf(
  plan: string,
  tensors: readonly HostTensor[],
  items: number,
  from: number,
): TensorBatch {
  const nowMs = Date.now();
  return {
    plan,
    stage: 0,
    covers: { from, to: from + items },
    items: Array.from({ length: items }, (_, index) => ({
      offset: from + index,
      key: `taxi-${String(1 + ((from + index) % 400)).padStart(4, '0')}`,
      eventTimeMs: nowMs,
      ingestTimeMs: nowMs,
      failure: null,
      replay: null,
    })),
    tensors: tensors.map((tensor) => rowsFrom(tensor, from, items)),
  };
}

/** What of a batch goes through a stage untouched, one for each item. */
const carried: HostTensor = {
  name: 'currentCell',
  dtype: 'int32',
  shape: [1],
  data: Int32Array.of(700),
};

/**
 * Bytes an item of a record that carries these tensors, and what travels beside them to the sink:
 * the record whole, with what is said of each item.
 */
export function bytesPerItem(
  tensors: readonly HostTensor[],
  items: number,
  encoding: Encoding,
): number {
  const record = recordOf('p1', [...tensors, carried], items, 0);
  return encodeTensorBatch(record, encoding).byteLength / items;
}

/** Copies a record's rows, as a stage does that puts the rows of several into one batch. */
export function copyRows({ tensors }: TensorBatch): void {
  for (const tensor of tensors) {
    const { dtype, data } = tensor;
    const room = dtype === 'int32' ? new Int32Array(data.length) : new Float32Array(data.length);
    copyElements(tensor, room, 0);
  }
}
