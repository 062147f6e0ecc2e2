import type { Covers, TensorBatch, WireTensor } from '../wire/tensor-batch.js';
import { GapError } from './errors.js';

/**
 * What is new of a batch for a reader whose lane's coverage has ended at `position`.
 *
 * @param position the first fix offset that is not accounted for yet
 * @returns the batch, trimmed to its new items; null where none of it is new
 * @throws {GapError} where the batch starts after the position
 */
export function newPart(batch: TensorBatch, position: number, where: string): TensorBatch | null {
  const { from, to } = batch.covers;
  if (to <= position) return null;
  requireNoGap(batch.covers, position, where);
  if (from === position) return batch;
  const firstNew = batch.items.findIndex((item) => item.offset >= position);
  const start = firstNew < 0 ? batch.items.length : firstNew;
  return {
    ...batch,
    covers: { from: position, to },
    items: batch.items.slice(start),
    tensors: batch.tensors.map((tensor) => rowsFrom(tensor, start)),
  };
}

function requireNoGap(covers: Covers, position: number, where: string): void {
  if (covers.from <= position) return;
  throw new GapError(
    `${where} goes on at fix ${covers.from}, and the fixes ${position} … ${covers.from - 1} before it are accounted for nowhere. The lane stops: see docs/architecture.md, "Gaps".`,
  );
}

/** A tensor without its first rows. `shape` has the batch first. */
function rowsFrom(tensor: WireTensor, start: number): WireTensor {
  const [rows = 0, ...rest] = tensor.shape;
  const width = rest.reduce((product, size) => product * size, 1);
  return {
    ...tensor,
    shape: [rows - start, ...rest],
    data: tensor.data.subarray(start * width),
  };
}

/** What is committed beside an offset: up to which fix the output accounts. */
export function coverageMetadata(coveredTo: number): string {
  return JSON.stringify({ coveredTo });
}
