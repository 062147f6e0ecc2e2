import { createRequire } from 'node:module';
import { crc32c } from '@node-rs/crc32';
import type * as KafkaJS from 'kafkajs';
import { ConfigError } from '../errors.js';
import type { Logger } from '../log.js';

const require = createRequire(import.meta.url);

/**
 * kafkajs computes each batch's CRC32C in JavaScript, half of a producer's CPU time. The native
 * one takes its place in the module cache before kafkajs is loaded.
 */
function substituteCrc32C(): void {
  const path = require.resolve('kafkajs/src/protocol/recordBatch/crc32C/index.js');
  const original: unknown = require(path);
  const cached = require.cache[path];
  if (typeof original !== 'function' || cached === undefined) {
    throw new ConfigError(
      'kafkajs is not laid out as version 2.2.4 is: install the exact versions of package-lock.json with "npm run setup".',
    );
  }
  cached.exports = (data: Buffer) => crc32c(data);
}

substituteCrc32C();
const kafkajs = require('kafkajs') as typeof KafkaJS;

export const { AssignerProtocol, Partitioners } = kafkajs;
export type {
  Admin,
  Consumer,
  ITopicConfig,
  Kafka,
  Message,
  PartitionAssigner,
  Producer,
  Transaction,
} from 'kafkajs';

/** Where the cluster is and who asks. */
export interface ClientOptions {
  /** `host:port` of some of the cluster's brokers. */
  readonly brokers: readonly string[];
  /** Shown in the broker's logs and quotas. */
  readonly clientId: string;
}

/** The time of the first retry of a request that failed; it doubles from there. Milliseconds. */
const initialRetryTimeMs = 20;

/**
 * Makes a kafkajs client whose log lines go to `log`. Make one for every consumer: kafkajs keeps
 * the committed offsets per client.
 */
export function createKafka(options: ClientOptions, log: Logger): KafkaJS.Kafka {
  return new kafkajs.Kafka({
    clientId: options.clientId,
    brokers: [...options.brokers],
    logLevel: kafkajs.logLevel.WARN,
    logCreator: () => (entry) => forwardLog(log, entry),
    connectionTimeout: 3_000,
    retry: { initialRetryTime: initialRetryTimeMs, maxRetryTime: 2_000, retries: 8 },
  });
}

/**
 * What kafkajs reports as faults and then mends by itself: a rebalance, leadership on the move, a
 * transaction that begins before the broker has quite ended the one before.
 */
const ordinary = /rebalanc|re-joining|^Response |another concurrent operation/i;

/** Each try to connect that fails: whoever asked says so once, in a sentence. */
const connecting = new Set(['Connection', 'ConnectionPool', 'BrokerPool', 'Cluster']);

function forwardLog(log: Logger, entry: KafkaJS.LogEntry): void {
  const { message } = entry.log;
  const line = { ...entry.log, kafkajs: entry.namespace, timestamp: undefined, logger: undefined };
  const isNews = !ordinary.test(message) && !connecting.has(entry.namespace);
  if (entry.level === kafkajs.logLevel.ERROR && isNews) log.warn(line, message);
  else log.debug(line, message);
}
