import { sizeOf, type HostTensor } from '../tensor.js';

/** Makes batches of any size of a few rows, in the same memory again and again. */
export class RepeatedRows {
  readonly #rooms = new Map<string, Float32Array | Int32Array>();

  /** The rows, repeated until there are `items`. The batch before of this size is overwritten. */
  batch(tensor: HostTensor, items: number): HostTensor {
    const [rows = 0, ...itemShape] = tensor.shape;
    const width = sizeOf(itemShape);
    const data = this.#room(tensor.dtype, items * width);
    for (let row = 0; row < items; row += rows) {
      const count = Math.min(rows, items - row);
      data.set(tensor.data.subarray(0, count * width), row * width);
    }
    return { ...tensor, shape: [items, ...itemShape], data };
  }

  #room(dtype: HostTensor['dtype'], length: number): Float32Array | Int32Array {
    const key = `${dtype} ${length}`;
    const known = this.#rooms.get(key);
    if (known !== undefined) return known;
    const made = dtype === 'int32' ? new Int32Array(length) : new Float32Array(length);
    this.#rooms.set(key, made);
    return made;
  }
}
