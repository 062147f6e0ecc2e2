import { setTimeout as delay } from 'node:timers/promises';
import { messageOf, PipelineError } from '../errors.js';
import type { Logger } from '../log.js';
import { doneWithin } from './done-within.js';
import { UncleanStopError } from './errors.js';
import { rebalanceTimeoutMs } from './lane-group.js';
import { describeStalls, LaneWatch, type WorkerObservation } from './lane-watch.js';
import { LaneWorker, type LaneWorkerOptions } from './lane-worker.js';
import type { LaneHealth, LanesHealth } from './worker-health.js';
import type { WorkerState } from './worker-meter.js';

/** A lane worker and when it is to be started anew. */
export interface WatchedLaneWorkerOptions extends LaneWorkerOptions {
  /** A lane that ought to move and stands still for this long is stalled. Milliseconds. */
  readonly stallTimeoutMs: number;
  /** Replaces the connections that `open` uses: it may be they that hang. */
  readonly renew: () => Promise<void>;
  /** Why the last send failed; null where it was acknowledged. */
  readonly lastSendError: () => string | null;
}

const tickMs = 1_000;
const firstRetryMs = 1_000;
const lastRetryMs = 30_000;
/** A restart that is under way when the worker stops has this long to end. */
const restartEndsMs = 5_000;

/**
 * Keeps a `LaneWorker` at work: one whose lanes stand still though they ought to move is given up,
 * with its membership and its connections, and another takes its place.
 */
export class WatchedLaneWorker implements WorkerState {
  readonly #options: WatchedLaneWorkerOptions;
  readonly #log: Logger;
  readonly #watch: LaneWatch;
  readonly #stopping = new AbortController();
  /** null while the consumer is restarted. */
  #worker: LaneWorker | null;
  #restarting: Promise<void> = Promise.resolve();
  #restarts = 0;
  #lastTickMs = performance.now();
  readonly #ticker: NodeJS.Timeout;

  private constructor(options: WatchedLaneWorkerOptions, worker: LaneWorker, log: Logger) {
    this.#options = options;
    this.#worker = worker;
    this.#log = log;
    const { stallTimeoutMs, sessionTimeoutMs } = options;
    const silentGroupMs = Math.max(stallTimeoutMs, 2 * rebalanceTimeoutMs(sessionTimeoutMs));
    this.#watch = new LaneWatch({ stallTimeoutMs, silentGroupMs });
    this.#ticker = setInterval(() => this.#tick(), tickMs);
  }

  /** Joins the group and begins to work. */
  static async start(options: WatchedLaneWorkerOptions, log: Logger): Promise<WatchedLaneWorker> {
    return new WatchedLaneWorker(options, await LaneWorker.start(options, log), log);
  }

  get lanes(): readonly number[] {
    return this.#worker?.lanes ?? [];
  }

  get lag(): number {
    return this.#worker?.lag ?? 0;
  }

  get coveredTo(): { lane: number; offset: number }[] {
    return this.#worker?.coveredTo ?? [];
  }

  get health(): LanesHealth {
    const seen = this.#worker?.observe() ?? null;
    const stalls = this.#watch.stalls;
    const stalled = new Set(stalls.map(({ lane }) => lane));
    const lanes = (seen?.lanes ?? []).map(({ lane, phase, lag, stopReason }): LaneHealth => ({
      lane,
      state: stalled.has(lane) ? 'stalled' : phase,
      lag,
      reason: stopReason,
    }));
    return {
      membership: this.#membership(seen),
      lanes: lanes.sort((a, b) => a.lane - b.lane),
      stalled: stalls.length === 0 ? null : describeStalls(stalls),
      restarts: this.#restarts,
    };
  }

  /** @throws {UncleanStopError} where something did not end in time */
  async stop(): Promise<void> {
    this.#stopping.abort();
    clearInterval(this.#ticker);
    if (!(await doneWithin(restartEndsMs, this.#restarting))) {
      throw new UncleanStopError('the consumer was being restarted');
    }
    await this.#worker?.stop();
  }

  #membership(seen: WorkerObservation | null): LanesHealth['membership'] {
    if (this.#stopping.signal.aborted) return 'stopping';
    if (seen === null) return 'restarting';
    return seen.isMember ? 'member' : 'joining';
  }

  #tick(): void {
    const nowMs = performance.now();
    const elapsedMs = nowMs - this.#lastTickMs;
    this.#lastTickMs = nowMs;
    const worker = this.#worker;
    if (worker === null) return;
    this.#watch.tick(elapsedMs, worker.observe());
    if (!this.#watch.wantsRestart) return;
    this.#restarts += 1;
    this.#tell(worker);
    this.#watch.restarted();
    this.#worker = null;
    this.#restarting = this.#replace(worker);
  }

  #tell(worker: LaneWorker): void {
    const what = describeStalls(this.#watch.stalls);
    const error = worker.lastError ?? this.#options.lastSendError();
    const why = error === null ? 'no error was seen' : `the last error was: ${error}`;
    const notice = `${what}; ${why}; the consumer is restarted (restart ${this.#restarts})`;
    this.#log.warn({ restarts: this.#restarts }, notice);
    this.#options.onNotice(notice);
  }

  async #replace(worker: LaneWorker): Promise<void> {
    await worker.abandon();
    const { signal } = this.#stopping;
    for (
      let retryMs = firstRetryMs;
      !signal.aborted;
      retryMs = Math.min(2 * retryMs, lastRetryMs)
    ) {
      try {
        await this.#options.renew();
        this.#worker = await LaneWorker.start(this.#options, this.#log);
        return;
      } catch (error) {
        if (!(error instanceof PipelineError) || error.disposition !== 'retry') {
          this.#options.onFatal(error);
          return;
        }
        this.#log.warn({ retryMs }, `the consumer does not start, again: ${messageOf(error)}`);
        await delay(retryMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }
}
