import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../errors.js';
import type { Logger } from '../log.js';
import { GapError, TopicGoneError } from './errors.js';
import type { LaneLog } from './lane-log.js';
import { LaneQueue } from './lane-queue.js';
import { TopicAbsence } from './topic-absence.js';

/** Bounds of what a reader fetches ahead. */
export interface LaneReaderOptions {
  /**
   * No lane is fetched further while this much of it waits. Bytes. All lanes together may hold six
   * times as much, and one batch each beyond that, so that none waits for the others' sake.
   */
  readonly maxLaneBytes: number;
  /** Only records of committed transactions. */
  readonly committedOnly: boolean;
}

/** How long a broker holds a fetch that finds nothing; also the longest wait of a lane that joins. */
const maxWaitMs = 50;
const firstRetryMs = 50;
/** So many lanes can be read ahead in full; where there are more they share what these would hold. */
const fullLanes = 6;
/** A lane whose leader has died goes on so late after another leads it, at most. */
const lastRetryMs = 500;

/** What a reader asks the cluster. */
type ReadableLog = Pick<LaneLog, 'leaders' | 'fetch' | 'bounds' | 'refresh'>;

/**
 * Fetches the lanes that it is given into their queues, each from its own offset: one request at a
 * time to each broker, for all lanes that it leads and whose queues have room.
 */
export class LaneReader {
  readonly #laneLog: ReadableLog;
  readonly #topic: string;
  readonly #options: LaneReaderOptions;
  readonly #log: Logger;
  readonly #queues = new Map<number, LaneQueue>();
  readonly #absence: TopicAbsence;
  readonly #loops = new Map<string, Promise<void>>();
  /** Whose turn it is to be the first of a request: an answer that is full has nothing of the last. */
  #turn = 0;
  #stopped = false;
  #lastError: string | null = null;
  #wake: () => void = () => undefined;
  #woken: Promise<void> = Promise.resolve();

  constructor(laneLog: ReadableLog, topic: string, options: LaneReaderOptions, log: Logger) {
    this.#laneLog = laneLog;
    this.#topic = topic;
    this.#options = options;
    this.#log = log;
    this.#absence = new TopicAbsence(topic);
    this.#rearm();
  }

  /** Starts to fetch a lane from this offset on. */
  open(lane: number, fromOffset: number): LaneQueue {
    const queue = new LaneQueue(lane, fromOffset, () => this.#wake());
    this.#queues.set(lane, queue);
    void this.#startLoops();
    return queue;
  }

  /** Stops to fetch into this queue. What is in it can still be taken. */
  close(queue: LaneQueue): void {
    if (this.#queues.get(queue.lane) === queue) this.#queues.delete(queue.lane);
  }

  /** Records that are in the lanes and have not been taken. */
  get lag(): number {
    return [...this.#queues.values()].reduce((sum, queue) => sum + queue.lag, 0);
  }

  /** Why the last request failed; null where it was answered. */
  get lastError(): string | null {
    return this.#lastError;
  }

  /** Stops all fetching; resolves when no request is in flight. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#queues.clear();
    this.#wake();
    await Promise.all(this.#loops.values());
  }

  #rearm(): void {
    this.#woken = new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  async #startLoops(): Promise<void> {
    this.#wake();
    for (let retryMs = firstRetryMs; !this.#stopped; retryMs = nextRetry(retryMs)) {
      try {
        const leaders = await this.#laneLog.leaders(this.#topic, [...this.#queues.keys()]);
        for (const nodeId of leaders.keys()) {
          if (this.#loops.has(nodeId)) continue;
          this.#loops.set(
            nodeId,
            this.#loop(nodeId).finally(() => this.#ended(nodeId)),
          );
        }
        return;
      } catch (error) {
        await this.#recover(error, retryMs);
      }
    }
  }

  /** A lane may have been opened while its broker's loop was about to end. */
  #ended(nodeId: string): void {
    this.#loops.delete(nodeId);
    if (!this.#stopped && this.#queues.size > 0) void this.#startLoops();
  }

  /** Fetches from one broker as long as it leads lanes that are open. */
  async #loop(nodeId: string): Promise<void> {
    let retryMs = firstRetryMs;
    while (!this.#stopped) {
      try {
        const lanes = (await this.#laneLog.leaders(this.#topic, [...this.#queues.keys()])).get(
          nodeId,
        );
        if (lanes === undefined) return;
        const hungry = this.#withRoom(lanes);
        if (hungry.length === 0) {
          await this.#woken;
          this.#rearm();
          continue;
        }
        await this.#fetch(nodeId, hungry);
        this.#absence.isThere();
        this.#lastError = null;
        retryMs = firstRetryMs;
      } catch (error) {
        await this.#recover(error, retryMs);
        retryMs = nextRetry(retryMs);
        void this.#startLoops();
      }
    }
  }

  /** Lanes to fetch, those first whose turn it is. Where all is full, only those that have nothing. */
  #withRoom(lanes: readonly number[]): LaneQueue[] {
    const isFull = this.#roomBytes <= 0;
    const hungry = lanes
      .map((lane) => this.#queues.get(lane))
      .filter((queue) => queue !== undefined)
      .filter(({ queuedBytes }) => queuedBytes < (isFull ? 1 : this.#options.maxLaneBytes));
    const first = this.#turn % Math.max(1, hungry.length);
    return [...hungry.slice(first), ...hungry.slice(0, first)];
  }

  /** What may still be fetched until the lanes hold all that they may. Bytes. */
  get #roomBytes(): number {
    const queued = [...this.#queues.values()].reduce((sum, queue) => sum + queue.queuedBytes, 0);
    return fullLanes * this.#options.maxLaneBytes - queued;
  }

  async #fetch(nodeId: string, queues: readonly LaneQueue[]): Promise<void> {
    const positions = new Map(queues.map((queue) => [queue.lane, queue.nextOffset]));
    const { maxLaneBytes, committedOnly } = this.#options;
    // The brokers are asked at the same time. Of one byte, a broker makes one batch.
    const maxBytes = Math.max(1, Math.floor(this.#roomBytes / this.#loops.size));
    this.#turn += 1;
    const fetched = await this.#laneLog
      .fetch(this.#topic, nodeId, positions, { maxWaitMs, maxLaneBytes, maxBytes, committedOnly })
      .catch((error: unknown) => {
        if (error instanceof GapError) return this.#failOutOfRange(queues, error);
        throw error;
      });
    const byLane = new Map(fetched.map((lane) => [lane.lane, lane]));
    for (const queue of queues) {
      const found = byLane.get(queue.lane);
      // A queue that was closed and opened anew meanwhile asks from an offset of its own.
      if (found !== undefined && this.#queues.get(queue.lane) === queue) queue.push(found);
    }
  }

  /** The broker refuses the whole request for one lane out of range: find which, go on without it. */
  async #failOutOfRange(queues: readonly LaneQueue[], error: GapError): Promise<[]> {
    const { begin, end } = await this.#laneLog.bounds(this.#topic);
    for (const queue of queues) {
      const first = begin[queue.lane] ?? 0;
      const behind = end[queue.lane] ?? 0;
      if (queue.nextOffset >= first && queue.nextOffset <= behind) continue;
      this.close(queue);
      const held = `lane ${queue.lane} holds ${first} … ${behind - 1}, and ${queue.nextOffset} is to be read`;
      queue.fail(new GapError(`${error.message} Now ${held}.`));
    }
    return [];
  }

  /** Nothing can be read any more of a topic that was deleted, in none of its lanes. */
  #failIfGone(error: unknown): void {
    try {
      this.#absence.observe(error);
    } catch (gone) {
      if (!(gone instanceof TopicGoneError)) throw gone;
      for (const queue of this.#queues.values()) {
        this.close(queue);
        queue.fail(gone);
      }
    }
  }

  async #recover(error: unknown, retryMs: number): Promise<void> {
    if (this.#stopped) return;
    this.#failIfGone(error);
    this.#lastError = messageOf(error);
    this.#log.warn({ topic: this.#topic, retryMs }, `reading failed, again: ${messageOf(error)}`);
    await delay(retryMs);
    await this.#laneLog.refresh().catch((failure: unknown) => {
      this.#log.debug(messageOf(failure));
    });
  }
}

function nextRetry(retryMs: number): number {
  return Math.min(2 * retryMs, lastRetryMs);
}
