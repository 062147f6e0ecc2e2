import type { WorkerReport } from '../wire/worker-report.js';
import { addWork, meansOf, noWork, workSince, type WorkMeans, type WorkSums } from './work-sums.js';

/** Which stage of the pipeline something is about. */
export interface StageName {
  readonly role: WorkerReport['role'];
  /** 1 … K for a stage; 0 for the others. */
  readonly stage: number;
}

/** One row of the live table: a stage over its last few seconds. */
export interface StageRow extends StageName, WorkMeans {
  /** Workers that were heard of lately. */
  readonly workers: number;
  /** Records of the input that wait, over all lanes; null while no worker is heard of. */
  readonly lag: number | null;
  readonly itemsPerS: number;
  /** That the means are of. */
  readonly inferences: number;
  /** Resident memory of all workers together. */
  readonly rssBytes: number;
  /** By all workers that ever were. */
  readonly items: number;
  /** By all workers that ever were. */
  readonly deadLetters: number;
}

/** One stage over a whole run. */
export interface StageTotals extends StageName, WorkMeans {
  readonly items: number;
  readonly deadLetters: number;
}

/** One process that worked on a run. */
export interface ProcessMemory extends StageName {
  readonly worker: string;
  readonly pid: number;
  /** The most resident memory that it reported. */
  readonly maxRssBytes: number;
}

interface WorkerState {
  readonly last: WorkerReport;
  readonly receivedAtMs: number;
  readonly recent: readonly { readonly receivedAtMs: number; readonly work: WorkSums }[];
}

interface StageState extends StageName {
  total: WorkSums;
  readonly workers: Map<string, WorkerState>;
}

const STALE_AFTER_MS = 10_000;
/** Rates and means are taken over this long, so that one slow batch doesn't make them jump. */
const RECENT_MS = 5_000;

const roleOrder: Readonly<Record<WorkerReport['role'], number>> = {
  feed: 0,
  windower: 1,
  stage: 2,
  sink: 3,
  unknown: 4,
};

function inPipelineOrder(a: StageName, b: StageName): number {
  return roleOrder[a.role] - roleOrder[b.role] || a.stage - b.stage;
}

/**
 * Makes figures per stage of the reports of its workers. Reports carry counters since their process
 * started: a restarted worker begins at 0 again, and one that is no longer heard of drops out of what
 * is about now, but not out of the totals.
 */
export class StageRates {
  readonly #stages = new Map<string, StageState>();
  readonly #processes = new Map<string, ProcessMemory>();

  /**
   * Takes a worker's next report; one that is older than what is known is dropped.
   *
   * @param receivedAtMs when it came, by the reader's clock: the workers' clocks may differ from it
   */
  take(report: WorkerReport, receivedAtMs: number): void {
    const stage = this.#stageOf(report);
    const known = stage.workers.get(report.worker);
    if (known !== undefined && isOlder(report, known.last)) return;
    const before = known?.last.startedAtMs === report.startedAtMs ? known : undefined;
    const work = workSince(before?.last, report);
    stage.total = addWork(stage.total, work);
    const recent = (before?.recent ?? []).filter((interval) => isRecent(interval, receivedAtMs));
    // The first report of a worker that has long been running says nothing about now.
    if (work.durationMs <= 2 * RECENT_MS) recent.push({ receivedAtMs, work });
    stage.workers.set(report.worker, { last: report, receivedAtMs, recent });
    this.#noteMemory(report);
  }

  /**
   * One row per stage, in the order of the pipeline. A stage that has lost all workers keeps its row.
   *
   * @param nowMs epoch milliseconds, by the clock of `receivedAtMs`
   */
  rows(nowMs: number): readonly StageRow[] {
    return [...this.#stages.values()].sort(inPipelineOrder).map((stage) => rowOf(stage, nowMs));
  }

  /** Every stage over the whole run, in the order of the pipeline. */
  totals(): readonly StageTotals[] {
    return [...this.#stages.values()].sort(inPipelineOrder).map(({ role, stage, total }) => ({
      role,
      stage,
      items: total.items,
      deadLetters: total.deadLetters,
      ...meansOf(total),
    }));
  }

  /** Every process that ever reported, in the order of the pipeline. */
  processes(): readonly ProcessMemory[] {
    return [...this.#processes.values()].sort(inPipelineOrder);
  }

  #stageOf({ role, stage }: WorkerReport): StageState {
    const key = `${role} ${stage}`;
    const known = this.#stages.get(key);
    if (known !== undefined) return known;
    const created: StageState = { role, stage, total: noWork, workers: new Map() };
    this.#stages.set(key, created);
    return created;
  }

  #noteMemory({ worker, role, stage, pid, startedAtMs, rssBytes }: WorkerReport): void {
    const key = `${worker} ${startedAtMs}`;
    const maxRssBytes = Math.max(rssBytes, this.#processes.get(key)?.maxRssBytes ?? 0);
    this.#processes.set(key, { worker, role, stage, pid, maxRssBytes });
  }
}

function isOlder(report: WorkerReport, known: WorkerReport): boolean {
  return report.startedAtMs === known.startedAtMs
    ? report.timeMs <= known.timeMs
    : report.startedAtMs < known.startedAtMs;
}

function isRecent(interval: { readonly receivedAtMs: number }, nowMs: number): boolean {
  return nowMs - interval.receivedAtMs < RECENT_MS;
}

function rowOf({ role, stage, total, workers }: StageState, nowMs: number): StageRow {
  const live = [...workers.values()].filter((w) => nowMs - w.receivedAtMs < STALE_AFTER_MS);
  let itemsPerS = 0;
  let recentWork = noWork;
  for (const { recent } of live) {
    const work = recent
      .filter((interval) => isRecent(interval, nowMs))
      .reduce((sum, interval) => addWork(sum, interval.work), noWork);
    if (work.durationMs > 0) itemsPerS += (work.items / work.durationMs) * 1000;
    recentWork = addWork(recentWork, work);
  }
  return {
    role,
    stage,
    workers: live.length,
    lag: live.length === 0 ? null : live.reduce((sum, worker) => sum + worker.last.lag, 0),
    itemsPerS,
    inferences: recentWork.inferences,
    rssBytes: live.reduce((sum, worker) => sum + worker.last.rssBytes, 0),
    items: total.items,
    deadLetters: total.deadLetters,
    ...meansOf(recentWork),
  };
}
