import type { WorkerReport } from '../wire/worker-report.js';

/** What one worker did between two of its reports, as sums that can be added up. */
export interface WorkSums {
  readonly durationMs: number;
  readonly items: number;
  /** Records read. */
  readonly records: number;
  /** What encodeMs and payloadBytes are weighed by: records read, or items of a feed, which reads none. */
  readonly written: number;
  readonly inferences: number;
  readonly inferenceMs: number;
  readonly decodeMs: number;
  readonly encodeMs: number;
  readonly payloadBytes: number;
  readonly deadLetters: number;
}

/** Means over some work; null where there was none to take a mean of. */
export interface WorkMeans {
  /** Items in one inference. */
  readonly batchItems: number | null;
  /** Milliseconds of one inference. */
  readonly inferenceMs: number | null;
  /** Milliseconds to decode one record. */
  readonly decodeMs: number | null;
  /** Milliseconds to encode one record. */
  readonly encodeMs: number | null;
  /** Bytes of one record written. */
  readonly payloadBytes: number | null;
}

/** No work at all. */
export const noWork: WorkSums = {
  durationMs: 0,
  items: 0,
  records: 0,
  written: 0,
  inferences: 0,
  inferenceMs: 0,
  decodeMs: 0,
  encodeMs: 0,
  payloadBytes: 0,
  deadLetters: 0,
};

/** The work of both. */
export function addWork(a: WorkSums, b: WorkSums): WorkSums {
  return {
    durationMs: a.durationMs + b.durationMs,
    items: a.items + b.items,
    records: a.records + b.records,
    written: a.written + b.written,
    inferences: a.inferences + b.inferences,
    inferenceMs: a.inferenceMs + b.inferenceMs,
    decodeMs: a.decodeMs + b.decodeMs,
    encodeMs: a.encodeMs + b.encodeMs,
    payloadBytes: a.payloadBytes + b.payloadBytes,
    deadLetters: a.deadLetters + b.deadLetters,
  };
}

/**
 * The work that `report` tells of since `before`, a report of the same process, or since the process
 * started: its counters began at 0 then. The report's means are turned into sums by the inferences
 * and records that they are means of.
 */
export function workSince(before: WorkerReport | undefined, report: WorkerReport): WorkSums {
  const items = report.items - (before?.items ?? 0);
  const records = report.records - (before?.records ?? 0);
  const written = records > 0 ? records : items;
  const inferences = report.batchItems > 0 ? items / report.batchItems : 0;
  return {
    durationMs: report.timeMs - (before?.timeMs ?? report.startedAtMs),
    items,
    records,
    written,
    inferences,
    inferenceMs: inferences * report.inferenceMs,
    decodeMs: records * report.decodeMs,
    encodeMs: written * report.encodeMs,
    payloadBytes: written * report.payloadBytes,
    deadLetters: report.deadLetters - (before?.deadLetters ?? 0),
  };
}

/** The means of some work. */
export function meansOf(work: WorkSums): WorkMeans {
  return {
    batchItems: ratio(work.items, work.inferences),
    inferenceMs: ratio(work.inferenceMs, work.inferences),
    decodeMs: ratio(work.decodeMs, work.records),
    encodeMs: ratio(work.encodeMs, work.written),
    payloadBytes: ratio(work.payloadBytes, work.written),
  };
}

function ratio(sum: number, count: number): number | null {
  return count > 0 ? sum / count : null;
}
