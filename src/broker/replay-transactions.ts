import { messageOf } from '../errors.js';
import type { Logger } from '../log.js';
import { replayOfHeader } from '../wire/replay-mark.js';
import { BrokerError } from './errors.js';
import type { ClientOptions, Message, Producer } from './kafka-client.js';
import { toMessage, type OutgoingRecord } from './lane-writer.js';
import type { PipelineTopics } from './topics.js';
import { inTransaction, openFencingProducer } from './transactional-producer.js';

/** A dead letter that goes to the fixes topic again. */
export interface Replay {
  /** Of the letter: what it is of. */
  readonly id: string;
  /** The lane that the letter itself is in. */
  readonly letterLane: number;
  /** The lane of its vehicle. */
  readonly lane: number;
  readonly record: OutgoingRecord;
}

/** One transaction takes so many replays and bytes of them, at most: well below a topic's limit. */
const maxPerTransaction = 500;
const maxTransactionBytes = 4 * 1024 * 1024;

/**
 * Sends dead letters again, each in one transaction with a marker beside the letter that says so:
 * either both are there for a reader of committed records, or neither.
 */
export class ReplayTransactions {
  readonly #producer: Producer;
  readonly #topics: PipelineTopics;
  readonly #log: Logger;

  private constructor(producer: Producer, topics: PipelineTopics, log: Logger) {
    this.#producer = producer;
    this.#topics = topics;
    this.#log = log;
  }

  /**
   * Fences whoever replays dead letters of this pipeline; the markers that are committed when this
   * resolves are all that there will be of others.
   *
   * @throws {BrokerError} where the transaction coordinator does not answer
   */
  static async open(
    client: ClientOptions,
    topics: PipelineTopics,
    log: Logger,
  ): Promise<ReplayTransactions> {
    try {
      const transactionalId = `${topics.deadLetter}s.replay`;
      const producer = await openFencingProducer(client, transactionalId, log);
      return new ReplayTransactions(producer, topics, log);
    } catch (error) {
      throw new BrokerError(`No replay can be begun: ${messageOf(error)}`, error);
    }
  }

  /**
   * Resolves when all are committed.
   *
   * @throws {BrokerError} where one transaction is not known to be committed: those before it are
   */
  async send(replays: readonly Replay[]): Promise<void> {
    for (const some of transactionsOf(replays)) {
      const topicMessages = [
        { topic: this.#topics.fixes, messages: some.map(fixMessage) },
        { topic: this.#topics.deadLetter, messages: some.map(markerMessage) },
      ];
      try {
        await inTransaction(
          this.#producer,
          async (transaction) => {
            await transaction.sendBatch({ acks: -1, topicMessages });
          },
          this.#log,
        );
      } catch (error) {
        throw new BrokerError(
          `Replaying was broken off: ${messageOf(error)} What was sent before is marked; run the command again for the rest, unless another replay has taken over.`,
          error,
        );
      }
    }
  }

  async close(): Promise<void> {
    await this.#producer.disconnect();
  }
}

function fixMessage({ id, lane, record }: Replay): Message {
  return toMessage(lane, { ...record, headers: { ...record.headers, [replayOfHeader]: id } });
}

function markerMessage({ id, letterLane, record }: Replay): Message {
  return {
    partition: letterLane,
    key: record.key,
    value: null,
    headers: { [replayOfHeader]: id },
  };
}

function transactionsOf(replays: readonly Replay[]): Replay[][] {
  const transactions: Replay[][] = [];
  let roomBytes = 0;
  for (const replay of replays) {
    const last = transactions.at(-1);
    const bytes = replay.record.value.byteLength;
    if (last === undefined || last.length >= maxPerTransaction || bytes > roomBytes) {
      transactions.push([replay]);
      roomBytes = maxTransactionBytes - bytes;
    } else {
      last.push(replay);
      roomBytes -= bytes;
    }
  }
  return transactions;
}
