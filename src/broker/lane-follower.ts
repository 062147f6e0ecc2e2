import type { Logger } from '../log.js';
import type { Kafka } from './kafka-client.js';
import { LaneLog } from './lane-log.js';
import { LaneReader } from './lane-reader.js';
import type { LaneRecord } from './lane-record.js';

/** What is followed. */
export interface FollowOptions {
  readonly topic: string;
  /** The offset to begin with, by lane. */
  readonly from: readonly number[];
  /** Only records of committed transactions. */
  readonly committedOnly: boolean;
  readonly onRecords: (records: readonly LaneRecord[]) => void;
  readonly onError: (error: unknown) => void;
}

const maxLaneBytes = 4 * 1024 * 1024;
const maxRecordsPerTake = 4_096;
/** How old `positions` may be where nothing but markers of transactions has come. */
const idleMs = 100;

/** Follows all lanes of a topic, without a consumer group, until it is stopped. */
export class LaneFollower {
  readonly #laneLog: LaneLog;
  readonly #reader: LaneReader;
  readonly #stopping = new AbortController();
  readonly #positions: number[];
  #following: Promise<unknown> = Promise.resolve();

  private constructor(laneLog: LaneLog, options: FollowOptions, log: Logger) {
    this.#laneLog = laneLog;
    this.#positions = [...options.from];
    this.#reader = new LaneReader(
      laneLog,
      options.topic,
      { maxLaneBytes, committedOnly: options.committedOnly },
      log,
    );
  }

  static async start(kafka: Kafka, options: FollowOptions, log: Logger): Promise<LaneFollower> {
    const follower = new LaneFollower(await LaneLog.connect(kafka), options, log);
    follower.#following = Promise.all(
      options.from.map((offset, lane) =>
        follower.#follow(lane, offset, options.onRecords).catch(options.onError),
      ),
    );
    return follower;
  }

  /** Behind the last record of each lane that was given, or that there is nothing to give of. */
  get positions(): readonly number[] {
    return this.#positions;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#following;
    await this.#reader.stop();
    await this.#laneLog.close();
  }

  async #follow(
    lane: number,
    offset: number,
    onRecords: FollowOptions['onRecords'],
  ): Promise<void> {
    const queue = this.#reader.open(lane, offset);
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const records = await queue.take(maxRecordsPerTake, idleMs, signal);
      if (records.length > 0) onRecords(records);
      this.#positions[lane] = queue.takenTo;
    }
  }
}
