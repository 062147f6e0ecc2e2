import { messageOf } from '../errors.js';
import { BrokerError } from './errors.js';

/**
 * Connects a kafkajs client.
 *
 * @throws {BrokerError} where no broker answers
 */
export async function connected<Client extends { connect(): Promise<unknown> }>(
  client: Client,
): Promise<Client> {
  try {
    await client.connect();
    return client;
  } catch (error) {
    throw new BrokerError(
      `No broker of the cluster answers (${messageOf(error)}): start it, or name another with KAFKA_BROKERS=host:port,….`,
      error,
    );
  }
}
