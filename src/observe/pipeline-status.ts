import { subModelRanges, type LayerRange } from '../partition/cuts.js';
import { paceOf, type StagePace } from '../partition/stage-pace.js';
import type { PlanRecord } from '../wire/partition-plan.js';
import type { WorkerReport } from '../wire/worker-report.js';
import { QualityReports, type LiveQualityFigures } from './quality-reports.js';
import { StageRates, type StageName, type StageRow } from './rates.js';

/** How a stage does beside its plan. */
export interface StageProgress {
  /** 1 … K */
  readonly stage: number;
  readonly layers: LayerRange;
  /** Names of the nodes that the plan wants its workers on. */
  readonly nodes: readonly string[];
  /** Computing of an item by its plan; null where the plan says nothing. */
  readonly plannedMs: number | null;
  /** Computing of an item in the last few seconds; null where there was none. */
  readonly measuredMs: number | null;
  readonly pace: StagePace;
}

/** A worker that had lanes when it was last heard of, which is too long ago. */
export interface SilentWorker extends StageName {
  readonly worker: string;
  readonly silentMs: number;
}

/** Lanes of a stage that no worker says it has. */
export interface UnheldLanes extends StageName {
  readonly lanes: readonly number[];
}

/** How a pipeline is at one moment, as its workers tell it. */
export interface PipelineStatus {
  readonly plan: PlanRecord;
  /** Epoch milliseconds, by the clock that reports were received by. */
  readonly atMs: number;
  /** Of this plan, in the order of the pipeline. */
  readonly rows: readonly StageRow[];
  readonly progress: readonly StageProgress[];
  readonly silent: readonly SilentWorker[];
  readonly unheld: readonly UnheldLanes[];
  readonly quality: LiveQualityFigures;
}

/** A worker reports every second. */
const silentAfterMs = 5_000;

/** Makes the state of one plan's pipeline of what its workers report. */
export class StatusReader {
  readonly #plan: PlanRecord;
  readonly #layerCount: number;
  readonly #factor: number;
  readonly #rates = new StageRates();
  readonly #quality = new QualityReports();
  readonly #last = new Map<string, { report: WorkerReport; receivedAtMs: number }>();

  /**
   * @param layerCount layers of the plan's network
   * @param factor computing that takes more than this many times the planned time is a deviation
   */
  constructor(plan: PlanRecord, layerCount: number, factor: number) {
    this.#plan = plan;
    this.#layerCount = layerCount;
    this.#factor = factor;
  }

  /** Takes a report; those of other plans are passed over. */
  take(report: WorkerReport, receivedAtMs: number): void {
    if (report.plan !== this.#plan.name) return;
    this.#rates.take(report, receivedAtMs);
    this.#quality.take(report, receivedAtMs);
    this.#last.set(report.worker, { report, receivedAtMs });
  }

  /** @param nowMs epoch milliseconds, by the clock of `receivedAtMs` */
  status(nowMs: number): PipelineStatus {
    const rows = this.#rates.rows(nowMs);
    return {
      plan: this.#plan,
      atMs: nowMs,
      rows,
      progress: this.#progress(rows),
      silent: this.#silent(nowMs),
      unheld: this.#unheld(nowMs),
      quality: this.#quality.live(nowMs),
    };
  }

  #progress(rows: readonly StageRow[]): StageProgress[] {
    const { cuts, stages } = this.#plan;
    return subModelRanges(cuts, this.#layerCount).map((layers, index) => {
      const stage = index + 1;
      const planned = stages[index];
      const row = rows.find((one) => one.role === 'stage' && one.stage === stage);
      const { inferences = 0, batchItems = null, inferenceMs = null } = row ?? {};
      const measuredMs = batchItems === null ? null : (inferenceMs ?? 0) / batchItems;
      const items = inferences * (batchItems ?? 0);
      const sample = { inferences, items, totalMs: items * (measuredMs ?? 0) };
      return {
        stage,
        layers,
        nodes: planned?.nodes ?? [],
        plannedMs: planned?.computeMs ?? null,
        measuredMs,
        pace: paceOf(sample, planned?.computeMs ?? 0, this.#factor),
      };
    });
  }

  /** One that has stopped as it should has given its lanes back with its last report. */
  #silent(nowMs: number): SilentWorker[] {
    return [...this.#last.values()]
      .map(({ report, receivedAtMs }) => ({ report, silentMs: nowMs - receivedAtMs }))
      .filter(({ report, silentMs }) => silentMs > silentAfterMs && report.lanes.length > 0)
      .map(({ report: { worker, role, stage }, silentMs }) => ({ worker, role, stage, silentMs }));
  }

  #unheld(nowMs: number): UnheldLanes[] {
    const { lanes, cuts } = this.#plan;
    const wanted: StageName[] = [
      { role: 'windower', stage: 0 },
      ...[...cuts, 0].map((_, index): StageName => ({ role: 'stage', stage: index + 1 })),
      { role: 'sink', stage: 0 },
    ];
    const heard = [...this.#last.values()].filter(
      ({ receivedAtMs }) => nowMs - receivedAtMs <= silentAfterMs,
    );
    return wanted.flatMap(({ role, stage }) => {
      const workers = heard.filter(({ report }) => report.role === role && report.stage === stage);
      const held = new Set(workers.flatMap(({ report }) => report.lanes));
      const left = Array.from({ length: lanes }, (_, lane) => lane).filter((one) => !held.has(one));
      return left.length === 0 ? [] : [{ role, stage, lanes: left }];
    });
  }
}
