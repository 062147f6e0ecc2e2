import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../errors.js';
import type { Logger } from '../log.js';
import type { CoordinatorBroker } from './cluster.js';
import { BrokerError, isFinal } from './errors.js';
import { FencedLane } from './fenced-lane.js';
import type { Kafka } from './kafka-client.js';
import { LaneProducer } from './lane-producer.js';
import type { ProducerIdentity } from './record-batch.js';

/** Which lane of which topic is taken over, and under which name. */
export interface TakeOverOptions {
  /** One for each lane: whoever takes it over last fences those before. */
  readonly transactionalId: string;
  readonly topic: string;
  readonly lane: number;
}

/** The transaction that fences is over in milliseconds; one that was left open ends after this. */
const transactionTimeoutMs = 15_000;
/** The coordinator refuses the next request of a producer while the end of a transaction is written. */
const firstRetryMs = 5;
const lastRetryMs = 500;
const attempts = 14;
/** Kafka's protocol: `key_type` of a coordinator of transactions. */
const transactionCoordinator = 1;

/**
 * Takes lanes over such that whoever wrote to them before can't any more: each lane has a producer
 * identity of its own, the broker counts up its epoch with every take-over, and the lane is told the
 * epoch by the end of an empty transaction. Records with an older epoch are refused from then on.
 *
 * @see docs/decisions/0013-the-sink-fences-without-transactions.md
 */
export class FencedWriter {
  readonly #producer: LaneProducer;
  readonly #log: Logger;

  private constructor(producer: LaneProducer, log: Logger) {
    this.#producer = producer;
    this.#log = log;
  }

  /** @throws {BrokerError} where no broker answers */
  static async connect(kafka: Kafka, log: Logger): Promise<FencedWriter> {
    return new FencedWriter(await LaneProducer.connect(kafka, log), log);
  }

  /**
   * When this resolves, all that others have written to the lane is there, and nothing of theirs
   * will come any more.
   *
   * @throws {BrokerError} where the transaction coordinator does not answer, or somebody else takes
   * the lane over at the same time
   */
  async takeOver(options: TakeOverOptions): Promise<FencedLane> {
    const { transactionalId, topic, lane } = options;
    try {
      const fence = await this.#initialise(transactionalId);
      const topics = [{ topic, partitions: [lane] }];
      await this.#coordinated(transactionalId, (broker) =>
        broker.addPartitionsToTxn({ transactionalId, ...fence, topics }),
      );
      await this.#coordinated(transactionalId, (broker) =>
        broker.endTxn({ transactionalId, ...fence, transactionResult: false }),
      );
      // Is answered when the end of that transaction stands in the lane.
      const identity = await this.#initialise(transactionalId);
      return new FencedLane(this.#producer, { topic, lane, identity }, this.#log);
    } catch (error) {
      throw new BrokerError(
        `Lane ${lane} of ${topic} can't be taken over: ${messageOf(error)}`,
        error,
      );
    }
  }

  async close(): Promise<void> {
    await this.#producer.close();
  }

  #initialise(transactionalId: string): Promise<ProducerIdentity> {
    return this.#coordinated(transactionalId, async (broker) => {
      const { producerId, producerEpoch } = await broker.initProducerId({
        transactionalId,
        transactionTimeout: transactionTimeoutMs,
      });
      return { producerId, producerEpoch };
    });
  }

  /** A request to whoever coordinates this id: again where it is busy, or its place is on the move. */
  async #coordinated<Answer>(
    transactionalId: string,
    request: (broker: CoordinatorBroker) => Promise<Answer>,
  ): Promise<Answer> {
    for (let attempt = 1, retryMs = firstRetryMs; ; attempt += 1) {
      try {
        const broker = await this.#producer.cluster.findGroupCoordinator({
          groupId: transactionalId,
          coordinatorType: transactionCoordinator,
        });
        return await request(broker);
      } catch (error) {
        if (attempt === attempts || isFinal(error)) throw error;
        this.#log.debug({ transactionalId }, `the coordinator is asked again: ${messageOf(error)}`);
        await delay(retryMs);
        retryMs = Math.min(2 * retryMs, lastRetryMs);
      }
    }
  }
}
