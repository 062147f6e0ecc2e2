import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../errors.js';
import type { Logger } from '../log.js';
import { BrokerError } from './errors.js';
import type { ClientOptions, Producer, Transaction } from './kafka-client.js';
import { toMessage, type OutgoingRecord } from './lane-writer.js';
import { coverageMetadata, type LaneProgress } from './lane-worker.js';
import { inTransaction, openFencingProducer, transactionRetry } from './transactional-producer.js';

/** Which lane's output is written, and whose input offset is committed with it. */
export interface LaneTransactionOptions {
  /** One for each lane: whoever opens it last fences those before. */
  readonly transactionalId: string;
  readonly lane: number;
  readonly outputTopic: string;
  readonly groupId: string;
  readonly inputTopic: string;
}

/**
 * Writes the records of one lane and its input offset in one transaction each time, so that a
 * `read_committed` reader sees every record once. After any error the producer is given up: the
 * lane is opened anew from what was committed.
 */
export class LaneTransactions {
  readonly #producer: Producer;
  readonly #options: LaneTransactionOptions;
  readonly #log: Logger;

  private constructor(producer: Producer, options: LaneTransactionOptions, log: Logger) {
    this.#producer = producer;
    this.#options = options;
    this.#log = log;
  }

  /**
   * Takes the lane over: a producer that had it is fenced, and a transaction that it left open is
   * aborted, before this resolves.
   *
   * @throws {BrokerError} where the transaction coordinator does not answer
   */
  static async open(
    client: ClientOptions,
    options: LaneTransactionOptions,
    log: Logger,
  ): Promise<LaneTransactions> {
    try {
      const producer = await openFencingProducer(client, options.transactionalId, log);
      return new LaneTransactions(producer, options, log);
    } catch (error) {
      throw new BrokerError(`Lane ${options.lane} can't be taken over: ${messageOf(error)}`, error);
    }
  }

  /**
   * Resolves when the records and the progress are committed. Without records only the offset is.
   *
   * @throws {BrokerError} where it is not known to be committed: open the lane anew
   */
  async commit(records: readonly OutgoingRecord[], progress: LaneProgress): Promise<void> {
    const { lane, outputTopic, groupId, inputTopic } = this.#options;
    const position = {
      partition: lane,
      offset: String(progress.nextOffset),
      metadata: coverageMetadata(progress.coveredTo),
    };
    const write = async (transaction: Transaction): Promise<void> => {
      if (records.length > 0) {
        await transaction.send({
          topic: outputTopic,
          acks: -1,
          messages: records.map((record) => toMessage(lane, record)),
        });
      }
      await this.#sendOffsets(transaction, {
        consumerGroupId: groupId,
        topics: [{ topic: inputTopic, partitions: [position] }],
      });
    };
    try {
      await inTransaction(this.#producer, write, this.#log);
    } catch (error) {
      throw new BrokerError(`A transaction of lane ${lane} failed: ${messageOf(error)}`, error);
    }
  }

  /** kafkajs lets `send` wait for the end of the transaction before, but not `sendOffsets`. */
  async #sendOffsets(
    transaction: Transaction,
    offsets: Parameters<Transaction['sendOffsets']>[0],
  ): Promise<void> {
    for (let retryMs = transactionRetry.initialRetryTime; ; retryMs *= 2) {
      try {
        await transaction.sendOffsets(offsets);
        return;
      } catch (error) {
        const type = error instanceof Error ? (Reflect.get(error, 'type') as unknown) : undefined;
        if (type !== 'CONCURRENT_TRANSACTIONS' || retryMs > transactionRetry.maxRetryTime)
          throw error;
        await delay(retryMs);
      }
    }
  }

  async close(): Promise<void> {
    await this.#producer.disconnect();
  }
}
