import { setTimeout as delay } from 'node:timers/promises';
import type { Kafka } from '../../src/broker/kafka-client.js';
import { LaneFollower } from '../../src/broker/lane-follower.js';
import { pipelineTopics } from '../../src/broker/topics.js';
import { messageOf } from '../../src/errors.js';
import type { Logger } from '../../src/log.js';
import type { PlanRecord } from '../../src/wire/partition-plan.js';
import { decodeWorkerReport } from '../../src/wire/worker-report.js';
import { cpuMsOf } from '../process/cpu-time.js';
import type { Sample } from './node-work.js';

const checkEveryMs = 50;
/** A run in which nothing moves for so long is given up. */
const stalledMs = 30_000;

/** Follows what the workers of a plan report, and looks at each one's processor time as it does. */
export class StatusWatch {
  readonly #plan: PlanRecord;
  readonly #samples = new Map<string, Sample[]>();
  #follower: LaneFollower | null = null;
  #failure: Error | null = null;

  private constructor(plan: PlanRecord) {
    this.#plan = plan;
  }

  static async start(kafka: Kafka, plan: PlanRecord, log: Logger): Promise<StatusWatch> {
    const watch = new StatusWatch(plan);
    watch.#follower = await LaneFollower.start(
      kafka,
      {
        topic: pipelineTopics(plan.pipeline).status,
        from: [0],
        committedOnly: false,
        onRecords: (records) => {
          for (const { value } of records) if (value !== null) watch.#take(value);
        },
        onError: (error) => {
          watch.#failure = error instanceof Error ? error : new Error(messageOf(error));
        },
      },
      log,
    );
    return watch;
  }

  /** What a worker has reported, in the order of time. */
  samplesOf(worker: string): readonly Sample[] {
    return this.#samples.get(worker) ?? [];
  }

  /** The process of a worker; null of one that has not reported. */
  pidOf(worker: string): number | null {
    return this.samplesOf(worker).at(-1)?.report.pid ?? null;
  }

  /** Resolves when these workers of one group hold all lanes, none of them fewer than its share. */
  untilWorking(workers: readonly string[]): Promise<void> {
    const { lanes } = this.#plan;
    const held = (worker: string): number =>
      this.samplesOf(worker).at(-1)?.report.lanes.length ?? 0;
    const share = Math.floor(lanes / workers.length);
    const all = (): number => workers.reduce((sum, worker) => sum + held(worker), 0);
    return this.#until(
      () => all() === lanes && workers.every((worker) => held(worker) >= share),
      all,
      `${workers.join(', ')} hold their lanes`,
    );
  }

  /** Resolves when a worker has done so many items. */
  untilDone(worker: string, items: number): Promise<void> {
    const done = (): number => this.samplesOf(worker).at(-1)?.report.items ?? 0;
    return this.#until(() => done() >= items, done, `${worker} has done ${items} items`);
  }

  async stop(): Promise<void> {
    await this.#follower?.stop();
  }

  async #until(isSo: () => boolean, progress: () => number, what: string): Promise<void> {
    let movedMs = Date.now();
    let before = -1;
    while (!isSo()) {
      if (this.#failure !== null) throw this.#failure;
      const now = progress();
      if (now !== before) movedMs = Date.now();
      before = now;
      if (Date.now() - movedMs > stalledMs) {
        throw new Error(
          `Nothing has moved for ${stalledMs / 1000} s in ${this.#plan.pipeline} before ${what}; it stands at ${now}. The workers' logs say more.`,
        );
      }
      await delay(checkEveryMs);
    }
  }

  #take(value: Buffer): void {
    const report = decodeWorkerReport(value);
    if (report.plan !== this.#plan.name) return;
    const samples = this.#samples.get(report.worker) ?? [];
    samples.push({ report, cpuMs: cpuMsOf(report.pid) });
    this.#samples.set(report.worker, samples);
  }
}
