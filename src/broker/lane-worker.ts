import { setTimeout as delay } from 'node:timers/promises';
import { messageOf, PipelineError } from '../errors.js';
import type { Logger } from '../log.js';
import { LaneStopError } from './errors.js';
import { LaneGroup } from './lane-group.js';
import type { ClientOptions, Kafka } from './kafka-client.js';
import { LaneLog } from './lane-log.js';
import type { LaneRecord } from './lane-record.js';
import { LaneReader } from './lane-reader.js';

/** How far a lane has got: the next record to read, and the fixes that the output accounts for. */
export interface LaneProgress {
  readonly nextOffset: number;
  readonly coveredTo: number;
}

/** What a worker does with the records of one lane. */
export interface LaneHandler {
  /** Takes records in their order. Resolves when it is ready for more. */
  take(records: readonly LaneRecord[]): Promise<void>;
  /**
   * Called when nothing new has come for a while.
   *
   * @param readTo the lane holds nothing for its readers before this offset that was not taken
   */
  idle?(readTo: number): Promise<void>;
  /** Resolves when the output of all that was taken is acknowledged. */
  drain(): Promise<void>;
  /** Frees what the lane holds; called after the last `take`, whatever happened. */
  close?(): Promise<void>;
}

/** What the handler of a lane is given by its worker. */
export interface LaneContext {
  readonly lane: number;
  /** Aborted when the lane goes to another worker. */
  readonly signal: AbortSignal;
  /** To be told of every acknowledged output. */
  readonly acknowledged: (progress: LaneProgress) => void;
}

/** A lane ready to be read: from where, and by what. */
export interface OpenedLane {
  readonly fromOffset: number;
  readonly handler: LaneHandler;
}

/** A worker's place in its group and what it does with each lane that it is given. */
export interface LaneWorkerOptions {
  readonly kafka: Kafka;
  readonly client: ClientOptions;
  readonly groupId: string;
  readonly topic: string;
  readonly sessionTimeoutMs: number;
  readonly maxQueuedBytes: number;
  /** Records given to a handler at once, at most. */
  readonly maxRecordsPerTake: number;
  /** Whether records of transactions that are open or aborted are left out. */
  readonly committedOnly: boolean;
  /** Whether progress is committed by the worker; the sink does it in its transactions. */
  readonly commits: boolean;
  /** Finds where the lane's output ends and makes its handler. */
  readonly open: (context: LaneContext) => Promise<OpenedLane>;
  /** Told of what a person should know, such as a lane that has stopped. */
  readonly onNotice: (notice: string) => void;
  /** The worker can't go on: its process is to end with an error. */
  readonly onFatal: (error: unknown) => void;
}

const commitIntervalMs = 1_000;
const idleMs = 200;
const retryMs = 500;

/**
 * Runs a handler for each lane that the consumer group gives to this worker, from where the lane's
 * own output ends.
 */
export class LaneWorker {
  readonly #options: LaneWorkerOptions;
  readonly #log: Logger;
  readonly #group: LaneGroup;
  readonly #laneLog: LaneLog;
  readonly #reader: LaneReader;
  /** What ends the work on each lane that is this worker's. */
  readonly #owned = new Map<number, AbortController>();
  /** Work on lanes, also of those that went to others and are not wound up yet. */
  readonly #running = new Set<Promise<void>>();
  readonly #progress = new Map<number, LaneProgress>();
  readonly #uncommitted = new Set<number>();
  readonly #stopping = new AbortController();
  #committer: NodeJS.Timeout | null = null;

  private constructor(options: LaneWorkerOptions, laneLog: LaneLog, log: Logger) {
    this.#options = options;
    this.#laneLog = laneLog;
    this.#log = log;
    this.#reader = new LaneReader(
      laneLog,
      options.topic,
      {
        maxQueuedBytes: options.maxQueuedBytes,
        maxLaneBytesPerFetch: options.maxQueuedBytes,
        committedOnly: options.committedOnly,
      },
      log,
    );
    this.#group = new LaneGroup(
      options.client,
      {
        groupId: options.groupId,
        topic: options.topic,
        sessionTimeoutMs: options.sessionTimeoutMs,
        onAssigned: (lanes) => this.#assign(lanes),
        onCrash: options.onFatal,
      },
      log,
    );
  }

  /** Joins the group and begins to work. */
  static async start(options: LaneWorkerOptions, log: Logger): Promise<LaneWorker> {
    const laneLog = await LaneLog.connect(options.kafka);
    const worker = new LaneWorker(options, laneLog, log);
    await laneLog.lanes(options.topic);
    await worker.#group.join();
    if (options.commits) {
      worker.#committer = setInterval(() => void worker.#commit(), commitIntervalMs);
    }
    return worker;
  }

  /** The lanes that this worker has now. */
  get lanes(): readonly number[] {
    return [...this.#owned.keys()].sort((a, b) => a - b);
  }

  /** Input records that have not been taken. */
  get lag(): number {
    return this.#reader.lag;
  }

  /** Up to which fix each lane's output is acknowledged, as far as this worker knows. */
  get coveredTo(): { lane: number; offset: number }[] {
    return this.lanes.map((lane) => ({ lane, offset: this.#progress.get(lane)?.coveredTo ?? 0 }));
  }

  /** Takes nothing new, waits for what is in flight, commits it, and leaves the group. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    if (this.#committer !== null) clearInterval(this.#committer);
    await Promise.all(this.#running);
    await this.#commit();
    await this.#group.leave();
    await this.#reader.stop();
    await this.#laneLog.close();
  }

  #assign(lanes: readonly number[]): void {
    for (const [lane, controller] of this.#owned) {
      if (lanes.includes(lane)) continue;
      controller.abort(new Error(`lane ${lane} went to another worker`));
      this.#owned.delete(lane);
      this.#uncommitted.delete(lane);
      this.#progress.delete(lane);
    }
    if (this.#stopping.signal.aborted) return;
    for (const lane of lanes) {
      if (this.#owned.has(lane)) continue;
      const controller = new AbortController();
      this.#owned.set(lane, controller);
      const done = this.#run(lane, controller.signal)
        .catch(this.#options.onFatal)
        .finally(() => this.#running.delete(done));
      this.#running.add(done);
    }
  }

  /** Works on a lane until it goes elsewhere, the worker stops, or the lane can't go on. */
  async #run(lane: number, signal: AbortSignal): Promise<void> {
    const ended = AbortSignal.any([signal, this.#stopping.signal]);
    while (!ended.aborted) {
      try {
        await this.#work(lane, signal, ended);
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof LaneStopError) {
          this.#log.error({ lane, code: error.code }, `lane ${lane} stopped: ${error.message}`);
          this.#options.onNotice(`lane ${lane} stopped: ${error.message}`);
          return;
        }
        if (!(error instanceof PipelineError) || error.disposition !== 'retry') throw error;
        this.#log.warn({ lane }, `lane ${lane} begins again: ${messageOf(error)}`);
        await delay(retryMs, undefined, { signal: ended }).catch(() => undefined);
      }
    }
  }

  async #work(lane: number, signal: AbortSignal, ended: AbortSignal): Promise<void> {
    const acknowledged = (progress: LaneProgress) => {
      if (signal.aborted) return;
      this.#progress.set(lane, progress);
      this.#uncommitted.add(lane);
    };
    const { fromOffset, handler } = await this.#options.open({ lane, signal, acknowledged });
    if (signal.aborted) {
      // The lane may be this worker's again by now: its new queue must not be put out of the reader.
      await handler.close?.();
      return;
    }
    const queue = this.#reader.open(lane, fromOffset);
    this.#log.info({ lane, fromOffset }, `lane ${lane} is read from ${fromOffset}`);
    try {
      while (!ended.aborted) {
        const records = await queue.take(this.#options.maxRecordsPerTake, idleMs, ended);
        if (records.length > 0) await handler.take(records);
        else await handler.idle?.(queue.takenTo);
      }
      await handler.drain();
    } finally {
      this.#reader.close(queue);
      await handler.close?.();
    }
  }

  async #commit(): Promise<void> {
    const lanes = [...this.#uncommitted];
    this.#uncommitted.clear();
    for (const lane of lanes) {
      const progress = this.#progress.get(lane);
      if (progress === undefined || !this.#options.commits) continue;
      await this.#group.commit(lane, progress.nextOffset, coverageMetadata(progress.coveredTo));
    }
  }
}

/** What is committed beside an offset: up to which fix the output accounts. */
export function coverageMetadata(coveredTo: number): string {
  return JSON.stringify({ coveredTo });
}
