import type { WorkerReport } from '../../src/wire/worker-report.js';
import { addWork, noWork, workSince, type WorkSums } from '../../src/observe/work-sums.js';

/** A worker's report, and the processor time of its process when it came. */
export interface Sample {
  readonly report: WorkerReport;
  /** Null of a process that has ended. */
  readonly cpuMs: number | null;
}

/** From when to when something is measured. Epoch milliseconds. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What one process did in a span. */
export interface NodeWork extends WorkSums {
  /** Processor time. */
  readonly cpuMs: number;
}

/**
 * What a worker did in a span, as its reports tell: between the last one before the span, or the
 * first in it, and the last one in it.
 *
 * @param samples of one process, in the order of time
 */
export function workIn(samples: readonly Sample[], { fromMs, toMs }: Span): NodeWork {
  const before = samples.findLastIndex(({ report }) => report.timeMs <= fromMs);
  const first = Math.max(0, before);
  const within = samples.slice(first).filter(({ report }) => report.timeMs <= toMs);
  let work: WorkSums = noWork;
  within.slice(1).forEach(({ report }, at) => {
    work = addWork(work, workSince(within[at]?.report, report));
  });
  return { ...work, cpuMs: (within.at(-1)?.cpuMs ?? 0) - (within[0]?.cpuMs ?? 0) };
}

/** All that a worker did since its process started. */
export function wholeWork(samples: readonly Sample[]): NodeWork {
  let work: WorkSums = noWork;
  samples.forEach(({ report }, at) => {
    work = addWork(work, workSince(samples[at - 1]?.report, report));
  });
  return { ...work, cpuMs: samples.at(-1)?.cpuMs ?? 0 };
}

/**
 * The steady part of a run, by the reports of its sink: all stages are at work, and none has run
 * out of input. From the first report behind a fifth of the items to the last one before 19 of 20.
 *
 * @param before items that the run's own come behind
 * @throws {Error} where the run was too short to have one
 */
export function steadySpan(sink: readonly WorkerReport[], items: number, before = 0): Span {
  const steady = sink.filter(
    (report) => report.items - before >= 0.2 * items && report.items - before <= 0.95 * items,
  );
  const [first, last] = [steady[0], steady.at(-1)];
  if (first === undefined || last === undefined || last.timeMs - first.timeMs < 1_000) {
    throw new Error(
      `The run of ${items} items was over too soon: its sink reported ${steady.length} times in its steady part, and twice, a second apart, is needed.`,
    );
  }
  return { fromMs: first.timeMs, toMs: last.timeMs };
}
