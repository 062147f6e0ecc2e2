import { setTimeout as delay } from 'node:timers/promises';
import { messageOf, PipelineError } from '../errors.js';
import type { Logger } from '../log.js';
import { coverageMetadata } from './coverage.js';
import { doneWithin } from './done-within.js';
import { LaneStopError, UncleanStopError } from './errors.js';
import { LaneGroup } from './lane-group.js';
import type { LaneContext, LaneProgress, OpenedLane } from './lane-handler.js';
import type { ClientOptions, Kafka } from './kafka-client.js';
import { LaneLog } from './lane-log.js';
import { LaneReader } from './lane-reader.js';
import type { WorkerObservation } from './lane-watch.js';
import { OwnedLane } from './owned-lane.js';

export type { LaneContext, LaneHandler, LaneProgress, OpenedLane } from './lane-handler.js';

/** A worker's place in its group and what it does with each lane that it is given. */
export interface LaneWorkerOptions {
  readonly kafka: Kafka;
  readonly client: ClientOptions;
  readonly groupId: string;
  readonly topic: string;
  readonly sessionTimeoutMs: number;
  /** Of one lane, at most; more than six lanes share what six would hold. Bytes. */
  readonly maxQueuedBytes: number;
  /** Records given to a handler at once, at most. */
  readonly maxRecordsPerTake: number;
  /** Whether records of transactions that are open or aborted are left out. */
  readonly committedOnly: boolean;
  /** How often progress is committed to the group; null for never. Milliseconds. */
  readonly commitEveryMs: number | null;
  /** Finds where the lane's output ends and makes its handler. */
  readonly open: (context: LaneContext) => Promise<OpenedLane>;
  /** Told of what a person should know, such as a lane that has stopped. */
  readonly onNotice: (notice: string) => void;
  /** The worker can't go on: its process is to end with an error. */
  readonly onFatal: (error: unknown) => void;
}

const idleMs = 200;
const retryMs = 500;
/** What is in flight has this long to end when the worker stops: a process has 10 s in all. */
const drainMs = 5_000;
/** Then the last commit and leaving the group have so long, and the connections after that. */
const partingMs = 2_000;
const closingMs = 500;

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
  readonly #owned = new Map<number, OwnedLane>();
  /** Lanes that are worked on, also those that went to others and are not wound up yet. */
  readonly #running = new Set<OwnedLane>();
  readonly #stopping = new AbortController();
  #isAbandoned = false;
  #committer: NodeJS.Timeout | null = null;
  #committing: Promise<void> = Promise.resolve();
  #isCommitting = false;

  private constructor(options: LaneWorkerOptions, laneLog: LaneLog, log: Logger) {
    this.#options = options;
    this.#laneLog = laneLog;
    this.#log = log;
    this.#reader = new LaneReader(
      laneLog,
      options.topic,
      {
        maxLaneBytes: options.maxQueuedBytes,
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
        onCrash: (error) => this.#fail(error),
      },
      log,
    );
  }

  /** Joins the group and begins to work. */
  static async start(options: LaneWorkerOptions, log: Logger): Promise<LaneWorker> {
    const laneLog = await LaneLog.connect(options.kafka);
    const worker = new LaneWorker(options, laneLog, log);
    try {
      await laneLog.lanes(options.topic);
      await worker.#group.join();
    } catch (error) {
      await worker.abandon();
      throw error;
    }
    if (options.commitEveryMs !== null) {
      worker.#committer = setInterval(() => worker.#commitInTurn(), options.commitEveryMs);
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
    return this.lanes.map((lane) => ({
      lane,
      offset: this.#owned.get(lane)?.progress?.coveredTo ?? 0,
    }));
  }

  /** What went wrong last in its group, in reading or in a lane, and is not mended; null else. */
  get lastError(): string | null {
    const inLanes = [...this.#owned.values()].map(({ lastError }) => lastError);
    const errors = [this.#group.lastError, this.#reader.lastError, ...inLanes];
    return errors.find((error) => error !== null) ?? null;
  }

  /** What a watch is to know of it. */
  observe(): WorkerObservation {
    const isUncommitted = [...this.#owned.values()].some((lane) => lane.isUncommitted);
    return {
      isMember: this.#group.isMember,
      beats: this.#group.beats,
      owesCommit: this.#committer !== null && (this.#isCommitting || isUncommitted),
      commits: this.#group.commits,
      lanes: [...this.#owned.values()].map((lane) => lane.observe()),
    };
  }

  /**
   * Takes nothing new, waits for what is in flight, commits it, and leaves the group.
   *
   * @throws {UncleanStopError} where something of it did not end in time
   */
  async stop(): Promise<void> {
    this.#stopping.abort();
    if (this.#committer !== null) clearInterval(this.#committer);
    const isDrained = await this.#drain();
    const late = [...this.#running].map(({ lane }) => lane);
    for (const lane of this.#running) lane.giveUp('was not drained in time');
    const hasLeft = await doneWithin(
      partingMs,
      this.#committing.then(() => this.#commit()).then(() => this.#group.leave()),
    );
    await this.#close();
    if (!isDrained) throw new UncleanStopError(`lanes ${late.join(', ')} did not end in time`);
    if (!hasLeft) throw new UncleanStopError('the consumer group did not answer');
  }

  /**
   * Gives all up as it is: nothing more comes of it, no error either. What it has in flight may
   * still arrive, which harms nothing (docs/architecture.md, rules 2 and 8).
   */
  async abandon(): Promise<void> {
    this.#isAbandoned = true;
    this.#stopping.abort();
    if (this.#committer !== null) clearInterval(this.#committer);
    for (const lane of this.#running) lane.giveUp('is begun anew');
    const left = this.#group.leave().catch((error: unknown) => {
      this.#log.debug(`the group could not be left: ${messageOf(error)}`);
    });
    await doneWithin(partingMs, left);
    await this.#close();
  }

  /** @returns whether all that was in flight has ended */
  async #drain(): Promise<boolean> {
    // A lane that is being opened has nothing in flight, and its broker may be away for long.
    for (const lane of this.#running) if (lane.phase === 'opening') lane.giveUp('is not needed');
    const all = [...this.#running];
    const working = all.filter(({ signal }) => !signal.aborted).map(({ done }) => done);
    const [isDrained] = await Promise.all([
      doneWithin(drainMs, Promise.all(working)),
      doneWithin(closingMs, Promise.all(all.map(({ done }) => done))),
    ]);
    return isDrained;
  }

  async #close(): Promise<void> {
    const closed = this.#reader.stop().then(() => this.#laneLog.close());
    await doneWithin(
      closingMs,
      closed.catch((error: unknown) => {
        this.#log.debug(`the connections were not closed: ${messageOf(error)}`);
      }),
    );
  }

  #fail(error: unknown): void {
    if (!this.#isAbandoned) this.#options.onFatal(error);
    else this.#log.debug(`an error of what was given up: ${messageOf(error)}`);
  }

  #assign(lanes: readonly number[]): void {
    for (const [number, lane] of this.#owned) {
      if (lanes.includes(number)) continue;
      lane.giveUp('went to another worker');
      this.#owned.delete(number);
    }
    if (this.#stopping.signal.aborted) return;
    for (const number of lanes) {
      if (this.#owned.has(number)) continue;
      const lane = new OwnedLane(number);
      this.#owned.set(number, lane);
      this.#running.add(lane);
      lane.done = this.#run(lane)
        .catch((error: unknown) => this.#fail(error))
        .finally(() => this.#running.delete(lane));
    }
  }

  /** Works on a lane until it goes elsewhere, the worker stops, or the lane can't go on. */
  async #run(owned: OwnedLane): Promise<void> {
    const { lane, signal } = owned;
    const ending = AbortSignal.any([signal, this.#stopping.signal]);
    while (!ending.aborted) {
      try {
        await this.#work(owned, ending);
      } catch (error) {
        if (signal.aborted) return;
        owned.failed(messageOf(error));
        if (error instanceof LaneStopError) {
          owned.stopped(error.message);
          this.#log.error({ lane, code: error.code }, `lane ${lane} stopped: ${error.message}`);
          this.#options.onNotice(`lane ${lane} stopped: ${error.message}`);
          return;
        }
        if (!(error instanceof PipelineError) || error.disposition !== 'retry') throw error;
        this.#log.warn({ lane }, `lane ${lane} begins again: ${messageOf(error)}`);
        await delay(retryMs, undefined, { signal: ending }).catch(() => undefined);
      }
    }
  }

  async #work(owned: OwnedLane, ending: AbortSignal): Promise<void> {
    const { lane, signal } = owned;
    owned.opening();
    const acknowledged = (progress: LaneProgress) => owned.acknowledged(progress);
    const context = { lane, signal, ending, acknowledged };
    const { fromOffset, handler } = await this.#options.open(context);
    // The lane may be this worker's again by now: its new queue must not be put out of the reader.
    if (signal.aborted) return;
    const queue = this.#reader.open(lane, fromOffset);
    owned.opened(queue);
    this.#log.info({ lane, fromOffset }, `lane ${lane} is read from ${fromOffset}`);
    try {
      const { maxRecordsPerTake } = this.#options;
      while (!ending.aborted) {
        await queue.gather(maxRecordsPerTake, handler.gatherMs?.() ?? 0, ending);
        const records = await queue.take(maxRecordsPerTake, idleMs, ending);
        if (records.length > 0) owned.took(queue.takenTo);
        await owned.during(
          records.length > 0 ? handler.take(records) : handler.idle?.(queue.takenTo),
        );
      }
      await owned.during(handler.drain());
    } finally {
      this.#reader.close(queue);
    }
  }

  async #commit(): Promise<void> {
    const moved = [...this.#owned.values()].filter((owned) => owned.isUncommitted);
    const commits = moved.flatMap((owned) => {
      const progress = owned.takeUncommitted();
      if (progress === null) return [];
      const metadata = coverageMetadata(progress.coveredTo);
      return [{ lane: owned.lane, nextOffset: progress.nextOffset, metadata }];
    });
    if (commits.length === 0 || this.#options.commitEveryMs === null) return;
    const isDone = await this.#group.commit(commits);
    if (!isDone) for (const owned of moved) owned.wasNotCommitted();
  }

  /** A coordinator that is slow to answer is not asked again meanwhile. */
  #commitInTurn(): void {
    if (this.#isCommitting) return;
    this.#isCommitting = true;
    this.#committing = this.#commit().finally(() => (this.#isCommitting = false));
  }
}
