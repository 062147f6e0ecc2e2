import { RecordCodec } from './record-codec.js';
import type { DecodeOptions } from './record-codec.js';
import type { QualityWindow } from './quality-window.js';

/** Kinds of worker; `unknown` is one of a newer version. */
export type WorkerRole = 'windower' | 'stage' | 'sink' | 'feed' | 'unknown';

/** What a worker says of itself from time to time. Means are over the time since its last report. */
export interface WorkerReport {
  /** Names the worker. */
  readonly worker: string;
  readonly role: WorkerRole;
  /** Number of its sub-model from 1; 0 for the others. */
  readonly stage: number;
  /** Name of the plan that it works for. */
  readonly plan: string;
  readonly pid: number;
  /** When the report was made: epoch milliseconds, UTC. */
  readonly timeMs: number;
  /** When the worker started: epoch milliseconds, UTC. */
  readonly startedAtMs: number;
  /** The lanes that it holds. */
  readonly lanes: readonly number[];
  /** Records of its input that wait, over its lanes. */
  readonly lag: number;
  /** Since it started. */
  readonly items: number;
  /** Read since it started. */
  readonly records: number;
  /** Since it started. */
  readonly deadLetters: number;
  /** Mean items of an inference. */
  readonly batchItems: number;
  /** Mean of an inference. */
  readonly inferenceMs: number;
  /** Mean of a record. */
  readonly decodeMs: number;
  /** Mean of a record. */
  readonly encodeMs: number;
  /** Mean bytes of a record written. */
  readonly payloadBytes: number;
  /** Resident memory of the process. */
  readonly rssBytes: number;
  /** Per lane, the first offset of the fixes topic that its output does not yet account for. */
  readonly coveredTo: readonly { readonly lane: number; readonly offset: number }[];
  /** Of a sink: what came true of its predictions, by how far back it goes. Of others none. */
  readonly quality: readonly QualityWindow[];
}

type ReportBody = Omit<WorkerReport, 'timeMs' | 'startedAtMs'> & {
  readonly time: number;
  readonly startedAt: number;
};

const codec = new RecordCodec<WorkerReport, ReportBody>({
  schema: 'worker-report',
  toBody: ({ timeMs, startedAtMs, ...same }) => ({
    ...same,
    time: timeMs,
    startedAt: startedAtMs,
  }),
  fromBody: ({ time, startedAt, coveredTo, quality, ...same }) => ({
    ...same,
    coveredTo: coveredTo.map((covered) => ({ ...covered })),
    quality: quality.map((window) => ({
      ...window,
      errors: window.errors.map((error) => ({ ...error })),
      reliability: window.reliability.map((bin) => ({ ...bin })),
    })),
    timeMs: time,
    startedAtMs: startedAt,
  }),
  sizeHintBytes: ({ lanes, coveredTo, quality }) =>
    quality.reduce(
      (bytes, { errors, reliability }) => bytes + 32 + 18 * errors.length + 28 * reliability.length,
      256 + 5 * lanes.length + 15 * coveredTo.length,
    ),
});

/**
 * Avro single-object encoding of a report.
 *
 * @throws {WireError} INVALID_RECORD
 */
export function encodeWorkerReport(report: WorkerReport): Buffer {
  return codec.encode(report);
}

/** @throws {WireError} UNKNOWN_FORMAT, UNKNOWN_FINGERPRINT, WRONG_SCHEMA, INVALID_RECORD */
export function decodeWorkerReport(bytes: Uint8Array, options?: DecodeOptions): WorkerReport {
  return codec.decode(bytes, options);
}
