import { PipelineError } from '../errors.js';
import type { Grid } from '../geo/grid.js';
import type { Candidate, Prediction } from '../wire/prediction.js';
import type { DType, TensorBatch, WireTensor } from '../wire/tensor-batch.js';

/** What all predictions of a lane have in common. */
export interface PredictionFrame {
  readonly grid: Grid;
  readonly modelDigest: string;
  readonly lane: number;
}

/**
 * Turns the last stage's output into predictions, one for each item that has not failed: the pure
 * part of the sink.
 *
 * @param batch with the tensors `cells` `[items, k] int32` and `probabilities` `[items, k] float32`,
 * best first, and `currentCell` `[items] int32`
 * @param predictedTimeMs when the predictions were made, epoch milliseconds
 * @throws {PipelineError} INVALID_TENSOR where a tensor is missing or of another shape, or has a cell
 * that the grid lacks
 */
export function predictionsOf(
  batch: TensorBatch,
  frame: PredictionFrame,
  predictedTimeMs: number,
): Prediction[] {
  const topK = batch.tensors.find(({ name }) => name === 'cells')?.shape[1] ?? 0;
  const cells = tensorOf(batch, 'cells', 'int32', [topK]);
  const probabilities = tensorOf(batch, 'probabilities', 'float32', [topK]);
  const current = tensorOf(batch, 'currentCell', 'int32', []);
  const predictions: Prediction[] = [];
  batch.items.forEach((item, row) => {
    if (item.failure !== null) return;
    const candidates: Candidate[] = [];
    for (let rank = row * topK; rank < (row + 1) * topK; rank += 1) {
      const cell = cells.data[rank] ?? 0;
      const probability = probabilities.data[rank] ?? 0;
      candidates.push({ cell, ...centreOf(cell, frame.grid), probability });
    }
    predictions.push({
      vehicleId: item.key,
      eventTimeMs: item.eventTimeMs,
      cell: current.data[row] ?? 0,
      candidates,
      modelDigest: frame.modelDigest,
      plan: batch.plan,
      lane: frame.lane,
      offset: item.offset,
      ingestTimeMs: item.ingestTimeMs,
      predictedTimeMs,
      replayOf: item.replay?.of ?? null,
    });
  });
  return predictions;
}

/** Cell 0 is outside the grid and has no centre. */
function centreOf(cell: number, grid: Grid): Pick<Candidate, 'latitude' | 'longitude'> {
  if (cell === 0) return { latitude: null, longitude: null };
  if (cell >= 1 && cell <= grid.size) return grid.centreOf(cell);
  throw invalid(`"cells" has a cell ${cell}, and the grid has 0 to ${grid.size}`);
}

/** @param itemShape without the batch dimension, which comes first */
function tensorOf(
  batch: TensorBatch,
  name: string,
  dtype: DType,
  itemShape: readonly number[],
): WireTensor {
  const found = batch.tensors.find((tensor) => tensor.name === name);
  const expected = shown(dtype, [batch.items.length, ...itemShape]);
  const actual = found === undefined ? 'missing' : shown(found.dtype, found.shape);
  if (found !== undefined && actual === expected) return found;
  throw invalid(`"${name}" is ${actual}, and ${expected} is expected`);
}

function shown(dtype: DType, shape: readonly number[]): string {
  return `${dtype} [${shape.join(', ')}]`;
}

function invalid(what: string): PipelineError {
  return new PipelineError(`The scores can't be read: ${what}.`, {
    code: 'INVALID_TENSOR',
    disposition: 'deadLetter',
  });
}
