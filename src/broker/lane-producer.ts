import { messageOf } from '../errors.js';
import type { Logger } from '../log.js';
import { BufferPool } from './buffer-pool.js';
import { createCluster, type Cluster } from './cluster.js';
import { connected } from './connect.js';
import { BrokerError } from './errors.js';
import type { Kafka } from './kafka-client.js';
import type { OutgoingRecord } from './lane-writer.js';
import { produceRequest } from './produce-request.js';
import { RecordBatch, type BatchOrigin } from './record-batch.js';

/** As many lanes as usually have a request in flight at a time. */
const maxFreeFrames = 6;

/**
 * Sends batches of records to the leaders of lanes, one request each, over one connection to each
 * broker. What becomes of a request that fails is the caller's business.
 */
export class LaneProducer {
  readonly cluster: Cluster;
  readonly #log: Logger;
  readonly #topics = new Set<string>();
  readonly #frames = new BufferPool(maxFreeFrames);

  private constructor(cluster: Cluster, log: Logger) {
    this.cluster = cluster;
    this.#log = log;
  }

  /** @throws {BrokerError} where no broker answers */
  static async connect(kafka: Kafka, log: Logger): Promise<LaneProducer> {
    return new LaneProducer(await connected(createCluster(kafka)), log);
  }

  /**
   * Resolves when all in-sync replicas have the records, which stand together.
   *
   * @param origin lets the broker know a repeated batch; a batch without one is written again
   * @throws what kafkajs throws, and {BrokerError} where the lane has no leader
   */
  async produce(
    topic: string,
    lane: number,
    records: readonly OutgoingRecord[],
    origin?: BatchOrigin,
  ): Promise<void> {
    if (!this.#topics.has(topic)) {
      await this.cluster.addMultipleTargetTopics([topic]);
      this.#topics.add(topic);
    }
    const [nodeId] = Object.keys(this.cluster.findLeaderForPartitions(topic, [lane]));
    if (nodeId === undefined) throw new BrokerError(`Lane ${lane} of ${topic} has no leader.`);
    const broker = await this.cluster.findBroker({ nodeId });
    const batch = new RecordBatch(records, origin);
    const frames: Buffer[] = [];
    const request = produceRequest({ topic, lane, batch }, (bytes) => {
      const frame = this.#frames.take(bytes);
      frames.push(frame);
      return frame;
    });
    try {
      await broker.connectionPool.send(request);
      // What is answered was sent whole: nobody reads the buffer any more.
      for (const frame of frames) this.#frames.release(frame);
    } catch (error) {
      if (error instanceof Error && error.name === 'KafkaJSConnectionClosedError') {
        await broker.disconnect();
      }
      throw error;
    }
  }

  /** Asks the cluster anew who leads what: after a request that failed. */
  async refresh(): Promise<void> {
    try {
      if (!this.cluster.isConnected()) await this.cluster.connect();
      await this.cluster.refreshMetadata();
    } catch (error) {
      // The next request says why it can't be done.
      this.#log.debug(messageOf(error));
    }
  }

  async close(): Promise<void> {
    await this.cluster.disconnect();
  }
}
