import { messageOf } from '../errors.js';
import { sizeOf, type HostTensor, type TensorSpec } from '../model/tensor.js';
import { copyElements } from '../wire/tensor.js';
import type { ItemFailure, ItemHeader, TensorBatch, WireTensor } from '../wire/tensor-batch.js';

/** What a stage needs of its sub-model: rows in, as many rows out, each independent of the others. */
export interface RowModel {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  /** Names of the inputs that a later stage needs too. */
  readonly keeps: readonly string[];
  run(inputs: readonly HostTensor[]): readonly HostTensor[];
}

/** An item that failed in this stage, with the tensors that it came with. */
export interface FailedItem {
  readonly item: ItemHeader;
  readonly failure: ItemFailure;
  /** The item's own rows, `[1, …]`: what can be kept of it. */
  readonly tensors: readonly WireTensor[];
}

/** What a stage made of one batch: its image, and what failed in it. */
export interface StageResult {
  readonly output: TensorBatch;
  readonly failed: readonly FailedItem[];
}

/** Rows of several batches as one, and which of them have failed. */
interface Merged {
  readonly rows: number;
  readonly inputs: readonly HostTensor[];
  readonly failures: (ItemFailure | null)[];
}

/**
 * Runs the items of batches through a sub-model as one tensor: the pure part of a stage. An item
 * that fails stays in its place, marked, and its neighbours are none the worse for it.
 */
export class StageLogic {
  readonly #stage: number;
  readonly #model: RowModel;
  readonly #rooms = new Map<string, HostTensor>();

  /** @param stage the number of this stage, 1 … K */
  constructor(stage: number, model: RowModel) {
    this.#stage = stage;
    this.#model = model;
  }

  /**
   * @returns one result for each batch, in their order
   * @throws {PipelineError} what the sub-model throws, where it says that no item is to blame
   */
  run(batches: readonly TensorBatch[]): StageResult[] {
    const merged = this.#merge(batches);
    const outputs = this.#runRows(merged, 0, merged.rows);
    this.#markNotFinite(merged, outputs);
    return this.#split(batches, merged, outputs);
  }

  #merge(batches: readonly TensorBatch[]): Merged {
    const rows = batches.reduce((sum, { items }) => sum + items.length, 0);
    const failures: (ItemFailure | null)[] = [];
    const good: { readonly batch: TensorBatch; readonly row: number }[] = [];
    let row = 0;
    for (const batch of batches) {
      const problem = this.#problemOf(batch);
      for (const { failure } of batch.items) failures.push(failure ?? problem);
      if (problem === null) good.push({ batch, row });
      row += batch.items.length;
    }
    const inputs = this.#model.inputs.map((spec) => {
      const tensorOf = (batch: TensorBatch) => batch.tensors.find(({ name }) => name === spec.name);
      const input = this.#roomFor(spec, rows);
      if (good.length < batches.length) input.data.fill(0);
      for (const { batch, row } of good) {
        const tensor = tensorOf(batch);
        if (tensor !== undefined) copyElements(tensor, input.data, row * widthOf(input));
      }
      return input;
    });
    return { rows, inputs, failures };
  }

  /** The same memory for each run: nobody reads the inputs of a run that is over. */
  #roomFor(spec: TensorSpec, rows: number): HostTensor {
    const known = this.#rooms.get(spec.name);
    const shape = [rows, ...spec.itemShape];
    const size = sizeOf(shape);
    const room = known !== undefined && known.data.length >= size ? known : emptyTensor(spec, rows);
    this.#rooms.set(spec.name, room);
    return { ...room, shape, data: room.data.subarray(0, size) };
  }

  #problemOf(batch: TensorBatch): ItemFailure | null {
    for (const spec of this.#model.inputs) {
      const found = batch.tensors.find(({ name }) => name === spec.name);
      const expected = describe(spec.dtype, [batch.items.length, ...spec.itemShape]);
      const actual = found === undefined ? 'none' : describe(found.dtype, found.shape);
      if (actual !== expected) {
        const message = `The tensor "${spec.name}" is ${actual}; stage ${this.#stage} expects ${expected}.`;
        return this.#failure('INVALID_TENSOR', message);
      }
    }
    return null;
  }

  /** Runs rows `[start, end)`; where that throws, each half by itself, down to the row at fault. */
  #runRows(merged: Merged, start: number, end: number): HostTensor[] {
    if (start === end) return this.#model.outputs.map((spec) => emptyTensor(spec, 0));
    const whole = start === 0 && end === merged.rows;
    try {
      const rows = whole ? merged.inputs : merged.inputs.map((input) => slice(input, start, end));
      return [...this.#model.run(rows)];
    } catch (error) {
      if (end - start === 1) {
        if (!this.#engineWorks()) throw error;
        merged.failures[start] ??= this.#failure('INFERENCE_FAILED', messageOf(error));
        return this.#model.outputs.map((spec) => emptyTensor(spec, 1));
      }
      const middle = start + Math.floor((end - start) / 2);
      const left = this.#runRows(merged, start, middle);
      const right = this.#runRows(merged, middle, end);
      return this.#model.outputs.map((spec, at) => concat(spec, left[at], right[at]));
    }
  }

  /** An engine at its end refuses even zeros: the stage has to stop, and no item is to blame. */
  #engineWorks(): boolean {
    try {
      this.#model.run(this.#model.inputs.map((spec) => emptyTensor(spec, 1)));
      return true;
    } catch {
      // What it says of zeros says no more than what it said of the item.
      return false;
    }
  }

  #markNotFinite(merged: Merged, outputs: readonly HostTensor[]): void {
    for (const { name, dtype, shape, data } of outputs) {
      if (dtype !== 'float32' || areFinite(data)) continue;
      const width = sizeOf(shape.slice(1));
      for (let index = 0; index < data.length; index += 1) {
        if (Number.isFinite(data[index])) continue;
        const row = Math.floor(index / width);
        const message = `The sub-model gave ${data[index] ?? NaN} in "${name}".`;
        merged.failures[row] ??= this.#failure('NOT_FINITE', message);
        data.fill(0, row * width, (row + 1) * width);
        index = (row + 1) * width - 1;
      }
    }
  }

  #split(
    batches: readonly TensorBatch[],
    merged: Merged,
    outputs: readonly HostTensor[],
  ): StageResult[] {
    let start = 0;
    return batches.map((batch) => {
      const failed: FailedItem[] = [];
      const end = start + batch.items.length;
      const items = batch.items.map((item, at): ItemHeader => {
        const failure = merged.failures[start + at] ?? null;
        if (failure === null || item.failure !== null) return item;
        failed.push({ item, failure, tensors: rowsOf(batch, at) });
        return { ...item, failure };
      });
      const made = outputs.map((output) => slice(output, start, end));
      start = end;
      const { plan, covers } = batch;
      const tensors = [...made, ...this.#carried(batch)];
      return { output: { plan, stage: this.#stage, covers, items, tensors }, failed };
    });
  }

  /** What the sub-model does not use up goes on as it is: a later stage or the sink needs it. */
  #carried(batch: TensorBatch): WireTensor[] {
    const { inputs, keeps } = this.#model;
    const usedUp = new Set(inputs.map(({ name }) => name).filter((name) => !keeps.includes(name)));
    return batch.tensors.filter(({ name }) => !usedUp.has(name));
  }

  #failure(code: string, message: string): ItemFailure {
    return { code, message, stage: this.#stage };
  }
}

/** The sum of 2^60 values of float32 fits into a number, and one that is not finite spoils it. */
function areFinite(data: HostTensor['data']): boolean {
  let [first, second, third, fourth] = [0, 0, 0, 0];
  let index = 0;
  for (; index + 3 < data.length; index += 4) {
    first += data[index] ?? 0;
    second += data[index + 1] ?? 0;
    third += data[index + 2] ?? 0;
    fourth += data[index + 3] ?? 0;
  }
  for (; index < data.length; index += 1) first += data[index] ?? 0;
  return Number.isFinite(first + second + third + fourth);
}

/** One item's rows of a batch's tensors; none of a tensor that has not as many rows as items. */
function rowsOf(batch: TensorBatch, row: number): WireTensor[] {
  return batch.tensors
    .filter(({ shape }) => shape[0] === batch.items.length)
    .map((tensor) => slice(tensor, row, row + 1));
}

function emptyTensor(spec: TensorSpec, rows: number): HostTensor {
  const shape = [rows, ...spec.itemShape];
  const size = sizeOf(shape);
  const data = spec.dtype === 'int32' ? new Int32Array(size) : new Float32Array(size);
  return { name: spec.name, dtype: spec.dtype, shape, data };
}

function widthOf(tensor: HostTensor): number {
  return sizeOf(tensor.shape.slice(1));
}

/** Rows `[start, end)` of a tensor whose batch comes first, without a copy. */
function slice(tensor: HostTensor, start: number, end: number): HostTensor {
  const width = widthOf(tensor);
  return {
    ...tensor,
    shape: [end - start, ...tensor.shape.slice(1)],
    data: tensor.data.subarray(start * width, end * width),
  };
}

function concat(
  spec: TensorSpec,
  left: HostTensor | undefined,
  right: HostTensor | undefined,
): HostTensor {
  const rows = (left?.shape[0] ?? 0) + (right?.shape[0] ?? 0);
  const joined = emptyTensor(spec, rows);
  joined.data.set(left?.data ?? [], 0);
  joined.data.set(right?.data ?? [], left?.data.length ?? 0);
  return joined;
}

function describe(dtype: string, shape: readonly number[]): string {
  return `${dtype} [${shape.join(', ')}]`;
}
