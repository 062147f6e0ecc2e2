import { RecordCodec } from './record-codec.js';
import type { DecodeOptions } from './record-codec.js';

/** One of the most probable next cells. */
export interface Candidate {
  /** 0 … V; 0 is outside the grid. */
  readonly cell: number;
  /** Degrees north of the cell's centre; null for cell 0, which has none. */
  readonly latitude: number | null;
  /** Degrees east of the cell's centre; null for cell 0, which has none. */
  readonly longitude: number | null;
  /** 0 … 1, float32. */
  readonly probability: number;
}

/** Where a vehicle probably goes next. Plan, lane and offset together are unique. */
export interface Prediction {
  readonly vehicleId: string;
  /** Event time of the fix that it was made from: epoch milliseconds, UTC. */
  readonly eventTimeMs: number;
  /** The cell that the vehicle was in; 0 is outside the grid. */
  readonly cell: number;
  /** Best first. */
  readonly candidates: readonly Candidate[];
  /** SHA-256 of the model, in hexadecimal. */
  readonly modelDigest: string;
  /** Name of the plan. */
  readonly plan: string;
  /** Of the fix. */
  readonly lane: number;
  /** Of the fix. */
  readonly offset: number;
  /** When the broker took the fix: epoch milliseconds, UTC. */
  readonly ingestTimeMs: number;
  /** When the prediction was made: epoch milliseconds, UTC. */
  readonly predictedTimeMs: number;
  /**
   * Where the fix is a dead letter that was sent again: offset of the original's fix, same lane, or
   * −1 where it had none there. Null for all others.
   */
  readonly replayOf: number | null;
}

interface PredictionBody {
  readonly vehicleId: string;
  readonly eventTime: number;
  readonly cell: number;
  readonly candidates: readonly Candidate[];
  readonly modelDigest: string;
  readonly plan: string;
  readonly lane: number;
  readonly offset: number;
  readonly ingestTime: number;
  readonly predictedTime: number;
  readonly replayOf: number | null;
}

const codec = new RecordCodec<Prediction, PredictionBody>({
  schema: 'prediction',
  toBody: ({ eventTimeMs, ingestTimeMs, predictedTimeMs, ...same }) => ({
    ...same,
    eventTime: eventTimeMs,
    ingestTime: ingestTimeMs,
    predictedTime: predictedTimeMs,
  }),
  fromBody: ({ eventTime, ingestTime, predictedTime, candidates, ...same }) => ({
    ...same,
    candidates: candidates.map((candidate) => ({ ...candidate })),
    eventTimeMs: eventTime,
    ingestTimeMs: ingestTime,
    predictedTimeMs: predictedTime,
  }),
  sizeHintBytes: ({ vehicleId, candidates, modelDigest, plan }) =>
    92 + 3 * vehicleId.length + 28 * candidates.length + modelDigest.length + 3 * plan.length,
});

/**
 * Avro single-object encoding of a prediction. Probabilities are rounded to float32.
 *
 * @throws {WireError} INVALID_RECORD
 */
export function encodePrediction(prediction: Prediction): Buffer {
  return codec.encode(prediction);
}

/** @throws {WireError} UNKNOWN_FORMAT, UNKNOWN_FINGERPRINT, WRONG_SCHEMA, INVALID_RECORD */
export function decodePrediction(bytes: Uint8Array, options?: DecodeOptions): Prediction {
  return codec.decode(bytes, options);
}
