import type { Kafka } from '../broker/kafka-client.js';
import { LaneFollower } from '../broker/lane-follower.js';
import type { LaneRecord } from '../broker/lane-record.js';
import { pipelineTopics } from '../broker/topics.js';
import { PipelineError } from '../errors.js';
import type { Logger } from '../log.js';
import type { PlanRecord } from '../wire/partition-plan.js';
import { decodePrediction } from '../wire/prediction.js';
import { decodeWorkerReport, type WorkerReport } from '../wire/worker-report.js';
import { LatencyHistogram } from './latency.js';
import { QualityReports } from './quality-reports.js';
import { StageRates } from './rates.js';
import { RecentLatency, type RecentLatencyView } from './recent-latency.js';

/** From where a run is watched. */
export interface MonitorOptions {
  readonly kafka: Kafka;
  readonly plan: PlanRecord;
  /** Offsets by lane. */
  readonly predictionsFrom: readonly number[];
  readonly statusFrom: readonly number[];
  readonly log: Logger;
  readonly onError: (error: unknown) => void;
}

/** A worker that has reported less long ago than this is taken for alive. */
const freshMs = 3_000;

/** Follows a run from outside: what its workers report and what any reader of predictions sees. */
export class RunMonitor {
  readonly rates = new StageRates();
  readonly latency = new LatencyHistogram();
  readonly quality = new QualityReports();
  readonly #options: MonitorOptions;
  readonly #recent = new RecentLatency();
  readonly #reports = new Map<string, WorkerReport>();
  #followers: LaneFollower[] = [];
  #predictions = 0;
  #lastPredictionMs = 0;

  private constructor(options: MonitorOptions) {
    this.#options = options;
  }

  static async start(options: MonitorOptions): Promise<RunMonitor> {
    const monitor = new RunMonitor(options);
    const { kafka, plan, predictionsFrom, statusFrom, log, onError } = options;
    const topics = pipelineTopics(plan.pipeline);
    monitor.#followers = await Promise.all([
      LaneFollower.start(
        kafka,
        {
          topic: topics.predictions,
          from: predictionsFrom,
          committedOnly: true,
          onRecords: (records) => monitor.#takePredictions(records),
          onError,
        },
        log,
      ),
      LaneFollower.start(
        kafka,
        {
          topic: topics.status,
          from: statusFrom,
          committedOnly: false,
          onRecords: (records) => monitor.#takeReports(records),
          onError,
        },
        log,
      ),
    ]);
    return monitor;
  }

  /** Predictions that a reader of committed records has seen. */
  get predictions(): number {
    return this.#predictions;
  }

  /** When the last of them was seen, epoch milliseconds; 0 before the first. */
  get lastPredictionMs(): number {
    return this.#lastPredictionMs;
  }

  /** Up to where each lane of the predictions was read. */
  get positions(): readonly number[] {
    return this.#followers[0]?.positions ?? [];
  }

  /** Up to where each lane of the reports was read. */
  get statusPositions(): readonly number[] {
    return this.#followers[1]?.positions ?? [];
  }

  recent(nowMs: number): RecentLatencyView {
    return this.#recent.view(nowMs);
  }

  /** Whether every lane of the windower, of each stage and of the sink has a worker. */
  isComplete(stages: number, nowMs: number): boolean {
    const held = new Map<string, Set<number>>();
    for (const report of this.#reports.values()) {
      if (nowMs - report.timeMs > freshMs) continue;
      const name = `${report.role} ${report.stage}`;
      const lanes = held.get(name) ?? new Set<number>();
      for (const lane of report.lanes) lanes.add(lane);
      held.set(name, lanes);
    }
    const wanted = ['windower 0', 'sink 0'];
    for (let stage = 1; stage <= stages; stage += 1) wanted.push(`stage ${stage}`);
    return wanted.every((name) => held.get(name)?.size === this.#options.plan.lanes);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#followers.map((follower) => follower.stop()));
  }

  #takePredictions(records: readonly LaneRecord[]): void {
    const nowMs = Date.now();
    for (const prediction of this.#decoded(records, decodePrediction)) {
      if (prediction.plan !== this.#options.plan.name) continue;
      this.#predictions += 1;
      this.#lastPredictionMs = nowMs;
      const latencyMs = Math.max(0, nowMs - prediction.ingestTimeMs);
      this.latency.record(latencyMs);
      this.#recent.record(latencyMs, nowMs);
    }
  }

  /** What is none of ours is told of and passed over: it belongs to no run. */
  #decoded<T>(records: readonly LaneRecord[], decode: (value: Buffer) => T): T[] {
    return records.flatMap(({ value }) => {
      if (value === null) return [];
      try {
        return [decode(value)];
      } catch (error) {
        if (!(error instanceof PipelineError)) throw error;
        this.#options.onError(error);
        return [];
      }
    });
  }

  #takeReports(records: readonly LaneRecord[]): void {
    const nowMs = Date.now();
    for (const report of this.#decoded(records, decodeWorkerReport)) {
      if (report.plan !== this.#options.plan.name) continue;
      this.rates.take(report, nowMs);
      this.quality.take(report, nowMs);
      this.#reports.set(report.worker, report);
    }
  }
}
