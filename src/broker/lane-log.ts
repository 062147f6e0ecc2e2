import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../errors.js';
import { createCluster, isolation, type Cluster } from './cluster.js';
import { connected } from './connect.js';
import { BrokerError, GapError, TopicError } from './errors.js';
import type { Kafka } from './kafka-client.js';
import { SharedCalls } from './shared-calls.js';
import { isUnknownTopic, TopicAbsence } from './topic-absence.js';
import { laneRecords, type LaneFetch, type LaneRecord } from './lane-record.js';

/** How much a fetch brings and how long it waits for it. */
export interface FetchOptions {
  /** How long the broker waits where there is nothing yet. Milliseconds; 0 answers at once. */
  readonly maxWaitMs: number;
  /** Bytes per lane at most. */
  readonly maxLaneBytes: number;
  /**
   * Bytes of the whole answer at most, given to the lanes in their order. One whole batch comes in
   * any case, of the first lane that has one (KIP-74).
   */
  readonly maxBytes: number;
  /** Only records of committed transactions (`isolation.level=read_committed`). */
  readonly committedOnly: boolean;
}

/** First and end offset of every lane of a topic, by lane number. */
export interface LaneBounds {
  readonly begin: readonly number[];
  readonly end: readonly number[];
}

const offsetAttempts = 6;
/** A topic that was made a moment ago is not known to every broker yet. */
const targetAttempts = 8;
const maxReadBytes = 8 * 1024 * 1024;

/**
 * Reads topics lane by lane from offsets of one's own, without a consumer group.
 * Each instance has a connection of its own to every broker that it asks.
 */
export class LaneLog {
  readonly #cluster: Cluster;
  readonly #topics = new Set<string>();
  readonly #sharedBounds = new SharedCalls<LaneBounds>();
  /** Settles when the last request to each broker is answered. */
  readonly #lastFetch = new Map<string, Promise<void>>();

  private constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** @throws {BrokerError} where no broker answers */
  static async connect(kafka: Kafka): Promise<LaneLog> {
    return new LaneLog(await connected(createCluster(kafka)));
  }

  async close(): Promise<void> {
    await this.#cluster.disconnect();
  }

  /**
   * @throws {TopicError} where the topic does not exist
   * @throws {BrokerError} where the brokers don't answer
   */
  async lanes(topic: string): Promise<number[]> {
    await this.#target(topic);
    const lanes = this.#cluster.findTopicPartitionMetadata(topic).map((p) => p.partitionId);
    return lanes.sort((a, b) => a - b);
  }

  /** Where each lane of a topic begins (after retention) and ends. */
  bounds(topic: string): Promise<LaneBounds> {
    return this.#sharedBounds.call(topic, async () => {
      const [begin, end] = await Promise.all([
        this.#offsets(topic, { fromBeginning: true }),
        this.#offsets(topic, { fromBeginning: false }),
      ]);
      return { begin, end };
    });
  }

  /** For every lane the offset of the first record appended at this time or later, else its end. */
  async offsetsAt(topic: string, timestampMs: number): Promise<number[]> {
    const [found, end] = await Promise.all([
      this.#offsets(topic, { fromTimestamp: Math.max(0, timestampMs) }),
      this.#offsets(topic, { fromBeginning: false }),
    ]);
    return found.map((offset, lane) => (offset < 0 ? (end[lane] ?? 0) : offset));
  }

  /** Which broker leads which of these lanes now. */
  async leaders(topic: string, lanes: readonly number[]): Promise<Map<string, number[]>> {
    await this.#target(topic);
    return new Map(Object.entries(this.#cluster.findLeaderForPartitions(topic, lanes)));
  }

  /** Asks the cluster anew who leads what: after a request that failed. */
  async refresh(): Promise<void> {
    try {
      if (!this.#cluster.isConnected()) await this.#cluster.connect();
      await this.#cluster.refreshMetadata();
    } catch (error) {
      throw new BrokerError("The cluster's metadata can't be had.", error);
    }
  }

  /**
   * One fetch request to one broker for lanes that it leads.
   *
   * @param positions the offset to read from, by lane
   * @throws {GapError} where a position lies before a lane's beginning or behind its end
   * @throws {BrokerError} where the request fails
   */
  async fetch(
    topic: string,
    nodeId: string,
    positions: ReadonlyMap<number, number>,
    options: FetchOptions,
  ): Promise<LaneFetch[]> {
    // Two requests that find kafkajs's connection closed would open it twice, and lose one of them.
    const before = this.#lastFetch.get(nodeId) ?? Promise.resolve();
    const fetched = before.then(() => this.#fetch(topic, nodeId, positions, options));
    const settled = fetched.then(
      () => undefined,
      () => undefined,
    );
    this.#lastFetch.set(nodeId, settled);
    return fetched;
  }

  async #fetch(
    topic: string,
    nodeId: string,
    positions: ReadonlyMap<number, number>,
    options: FetchOptions,
  ): Promise<LaneFetch[]> {
    try {
      const broker = await this.#cluster.findBroker({ nodeId });
      const { responses } = await broker.fetch({
        isolationLevel: options.committedOnly ? isolation.readCommitted : isolation.readUncommitted,
        maxWaitTime: options.maxWaitMs,
        minBytes: 1,
        maxBytes: options.maxBytes,
        topics: [
          {
            topic,
            partitions: [...positions].map(([partition, offset]) => ({
              partition,
              fetchOffset: String(offset),
              maxBytes: options.maxLaneBytes,
            })),
          },
        ],
      });
      return responses.flatMap(({ partitions }) =>
        partitions.map((raw) =>
          laneRecords(raw, {
            fromOffset: positions.get(raw.partition) ?? 0,
            committedOnly: options.committedOnly,
          }),
        ),
      );
    } catch (error) {
      const type = error instanceof Error ? (Reflect.get(error, 'type') as unknown) : undefined;
      if (type === 'OFFSET_OUT_OF_RANGE') {
        const asked = [...positions].map(([lane, offset]) => `lane ${lane} from ${offset}`);
        throw new GapError(
          `${topic} does not hold what is asked for (${asked.join(', ')}): it was deleted by retention, or the topic was made anew.`,
        );
      }
      throw new BrokerError(`A fetch from ${topic} failed: ${messageOf(error)}`, error);
    }
  }

  /** All records of a lane from one offset up to another (or up to its end as it is now). */
  async *read(
    topic: string,
    lane: number,
    fromOffset: number,
    toOffset?: number,
    committedOnly = false,
  ): AsyncGenerator<LaneRecord> {
    const end = toOffset ?? (await this.bounds(topic)).end[lane] ?? 0;
    let offset = fromOffset;
    while (offset < end) {
      const [nodeId] = (await this.leaders(topic, [lane])).keys();
      if (nodeId === undefined) throw new BrokerError(`Lane ${lane} of ${topic} has no leader.`);
      const [found] = await this.fetch(topic, nodeId, new Map([[lane, offset]]), {
        maxWaitMs: 50,
        ...{ maxLaneBytes: maxReadBytes, maxBytes: maxReadBytes },
        committedOnly,
      });
      for (const record of found?.records ?? []) {
        if (record.offset < end) yield record;
      }
      // A transaction that is open hides what comes behind it, and this reader does not wait for it.
      const isHidden = committedOnly && found?.nextOffset === offset && found.endOffset <= offset;
      if (isHidden) return;
      offset = found?.nextOffset ?? offset;
    }
  }

  async #offsets(
    topic: string,
    from: { fromBeginning: boolean } | { fromTimestamp: number },
  ): Promise<number[]> {
    const lanes = await this.lanes(topic);
    const partitions = lanes.map((partition) => ({ partition }));
    const absence = new TopicAbsence(topic);
    for (let attempt = 1; ; attempt += 1) {
      try {
        const [found] = await this.#cluster.fetchTopicsOffset([{ topic, partitions, ...from }]);
        const byLane = new Map(found?.partitions.map((p) => [p.partition, Number(p.offset)]));
        return lanes.map((lane) => requireOffset(byLane.get(lane), topic, lane));
      } catch (error) {
        absence.observe(error);
        // A lane's leadership is new or on the move: the cluster knows in a moment.
        if (attempt >= offsetAttempts && !isUnknownTopic(error)) {
          throw new BrokerError(`The offsets of ${topic} can't be had: ${messageOf(error)}`, error);
        }
        await delay(100 * Math.min(attempt, offsetAttempts));
        await this.refresh().catch((failure: unknown) => absence.observe(failure));
      }
    }
  }

  async #target(topic: string): Promise<void> {
    for (let attempt = 1; !this.#topics.has(topic); attempt += 1) {
      try {
        await this.#cluster.addMultipleTargetTopics([topic]);
        this.#topics.add(topic);
      } catch (error) {
        if (!isUnknownTopic(error)) {
          throw new BrokerError(
            `The topic ${topic} can't be looked up: ${messageOf(error)}`,
            error,
          );
        }
        if (attempt === targetAttempts) {
          throw new TopicError(
            `The topic ${topic} does not exist: "stagecoach up" makes a pipeline's topics.`,
            error,
          );
        }
        await delay(50 * attempt);
      }
    }
  }
}

/** kafkajs leaves out a lane that it knows no leader of. */
function requireOffset(offset: number | undefined, topic: string, lane: number): number {
  if (offset !== undefined) return offset;
  throw new BrokerError(`Nobody says where lane ${lane} of ${topic} begins or ends.`);
}
