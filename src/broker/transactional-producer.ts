import { messageOf } from '../errors.js';
import type { Logger } from '../log.js';
import {
  createKafka,
  Partitioners,
  type ClientOptions,
  type Producer,
  type Transaction,
} from './kafka-client.js';

/** How long the broker waits for a silent producer before it aborts its transaction. Milliseconds. */
const transactionTimeoutMs = 15_000;
/** After a commit the coordinator refuses the next transaction for some milliseconds. */
export const transactionRetry = { initialRetryTime: 5, maxRetryTime: 500, retries: 12 };

/**
 * A producer for transactions. One that was opened before with this id is fenced, and a transaction
 * that it left open is aborted, before this resolves.
 *
 * @throws what kafkajs throws where the transaction coordinator does not answer
 */
export async function openFencingProducer(
  client: ClientOptions,
  transactionalId: string,
  log: Logger,
): Promise<Producer> {
  const producer = createKafka(client, log).producer({
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
    transactionalId,
    idempotent: true,
    maxInFlightRequests: 1,
    transactionTimeout: transactionTimeoutMs,
    retry: transactionRetry,
  });
  try {
    await producer.connect();
    const fencing = await producer.transaction();
    await fencing.abort();
    return producer;
  } catch (error) {
    await producer.disconnect().catch(() => undefined);
    throw error;
  }
}

/**
 * Resolves when what `write` has sent is committed.
 *
 * @throws the error after which it is not known to be committed: give the producer up
 */
export async function inTransaction(
  producer: Producer,
  write: (transaction: Transaction) => Promise<void>,
  log: Logger,
): Promise<void> {
  let transaction: Transaction | null = null;
  try {
    transaction = await producer.transaction();
    await write(transaction);
    await transaction.commit();
  } catch (error) {
    await transaction?.abort().catch((failure: unknown) => {
      log.debug({}, `the abort failed too: ${messageOf(failure)}`);
    });
    throw error;
  }
}
