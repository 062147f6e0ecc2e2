import type { LaneRecord } from '../../broker/lane-record.js';
import { PipelineError } from '../../errors.js';
import { decodeTensorBatch, type ItemHeader, type TensorBatch } from '../../wire/tensor-batch.js';

/** What the plan asks of every window. */
export interface WindowShape {
  /** Cells in a window. */
  readonly steps: number;
  /** V: the grid has the cells 1 … V, and 0 is outside of it. */
  readonly cellCount: number;
}

/** An item of which the window is known, and not the fixes that it was made of. */
export interface KnownWindow {
  readonly item: Pick<ItemHeader, 'offset' | 'key' | 'eventTimeMs' | 'ingestTimeMs'>;
  /** `[steps] int32` cell ids. */
  readonly window: Int32Array;
}

/**
 * The record value by which an item goes through the pipeline once more: a batch of one, with the
 * tensors that a windower would give it.
 */
export function replayedWindowBatch(
  { item, window }: KnownWindow,
  frame: { readonly plan: string; readonly of: number },
): TensorBatch {
  return {
    plan: frame.plan,
    stage: 0,
    covers: { from: item.offset, to: item.offset + 1 },
    items: [{ ...item, failure: null, replay: { of: frame.of, broughtWindow: true } }],
    tensors: [
      { name: 'cells', dtype: 'int32', shape: [1, window.length], data: window },
      { name: 'currentCell', dtype: 'int32', shape: [1], data: window.slice(-1) },
    ],
  };
}

/**
 * Reads a record of the fixes topic that is an item sent once more.
 *
 * @throws {PipelineError} INVALID_REPLAY where it does not hold the whole of one item
 */
export function readReplayedWindow(record: LaneRecord, shape: WindowShape): KnownWindow {
  const known = windowIn(decode(record.value), shape);
  const key = record.key?.toString() ?? '';
  if (key === known.item.key) return known;
  throw invalid(`the record's key is "${key.slice(0, 100)}" and its item's "${known.item.key}"`);
}

/**
 * The window that a batch of one item carries.
 *
 * @throws {PipelineError} INVALID_REPLAY where it has none, or one that the plan can't take
 */
export function windowIn(batch: TensorBatch, { steps, cellCount }: WindowShape): KnownWindow {
  const [item, ...others] = batch.items;
  if (item === undefined || others.length > 0) throw invalid(`it has ${batch.items.length} items`);
  const window = int32Of(batch, 'cells', [1, steps]);
  const wrong = window.find((cell) => cell < 0 || cell > cellCount);
  if (wrong !== undefined) throw invalid(`it has a cell ${wrong}, and the grid 0 to ${cellCount}`);
  const [current] = int32Of(batch, 'currentCell', [1]);
  if (current !== window.at(-1)) {
    throw invalid(`its current cell is ${current}, and its window ends in ${window.at(-1)}`);
  }
  const { offset, key, eventTimeMs, ingestTimeMs } = item;
  return { item: { offset, key, eventTimeMs, ingestTimeMs }, window };
}

function decode(value: Buffer | null): TensorBatch {
  try {
    return decodeTensorBatch(value ?? Buffer.alloc(0));
  } catch (cause) {
    if (!(cause instanceof PipelineError)) throw cause;
    throw invalid(`it can't be read: ${cause.message}`, cause);
  }
}

function int32Of(batch: TensorBatch, name: string, shape: readonly number[]): Int32Array {
  const found = batch.tensors.find((tensor) => tensor.name === name);
  const isAsked = found?.dtype === 'int32' && found.shape.join() === shape.join();
  if (isAsked && found.data instanceof Int32Array) return found.data;
  const what = found === undefined ? 'missing' : `${found.dtype} [${found.shape.join(', ')}]`;
  throw invalid(`its tensor "${name}" is ${what}, and int32 [${shape.join(', ')}] is expected`);
}

function invalid(what: string, cause?: unknown): PipelineError {
  return new PipelineError(`The replayed item can't be taken: ${what}.`, {
    code: 'INVALID_REPLAY',
    disposition: 'deadLetter',
    cause,
  });
}
