import { PipelineError } from '../errors.js';
import type { Grid } from '../geo/grid.js';
import type { Candidate, Prediction } from '../wire/prediction.js';
import type { TensorBatch, WireTensor } from '../wire/tensor-batch.js';

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
 * @throws {PipelineError} INVALID_TENSOR where a tensor is missing or of another shape
 */
export function predictionsOf(
  batch: TensorBatch,
  frame: PredictionFrame,
  predictedTimeMs: number,
): Prediction[] {
  const count = batch.items.length;
  const cells = tensorOf(batch, 'cells', 'int32');
  const probabilities = tensorOf(batch, 'probabilities', 'float32');
  const current = tensorOf(batch, 'currentCell', 'int32');
  const topK = cells.shape[1] ?? 0;
  if (cells.data.length !== count * topK || probabilities.data.length !== count * topK) {
    throw invalid(`"cells" and "probabilities" differ in shape or have not ${count} rows`);
  }
  const predictions: Prediction[] = [];
  batch.items.forEach((item, row) => {
    if (item.failure !== null) return;
    const candidates: Candidate[] = [];
    for (let rank = row * topK; rank < (row + 1) * topK; rank += 1) {
      const cell = cells.data[rank] ?? 0;
      const centre = cell === 0 ? { latitude: 0, longitude: 0 } : frame.grid.centreOf(cell);
      candidates.push({ cell, ...centre, probability: probabilities.data[rank] ?? 0 });
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
    });
  });
  return predictions;
}

function tensorOf(batch: TensorBatch, name: string, dtype: string): WireTensor {
  const found = batch.tensors.find((tensor) => tensor.name === name);
  if (found?.dtype === dtype && found.shape[0] === batch.items.length) return found;
  throw invalid(`"${name}" is to be ${dtype} with ${batch.items.length} rows`);
}

function invalid(what: string): PipelineError {
  return new PipelineError(`The scores can't be read: ${what}.`, {
    code: 'INVALID_TENSOR',
    disposition: 'deadLetter',
  });
}
