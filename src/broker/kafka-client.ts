import { createRequire } from 'node:module';
import type * as KafkaJS from 'kafkajs';
import type { Logger } from '../log.js';
import { openSocket } from './kafkajs/answers.js';
import { fixKafkaJS } from './kafkajs/fixes.js';

const require = createRequire(import.meta.url);

fixKafkaJS();
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

/**
 * How a request that failed is repeated: the time between two tries doubles. After some six seconds
 * kafkajs gives up, and who asked decides. Milliseconds.
 */
export const clientRetry = { initialRetryTime: 20, maxRetryTime: 1_000, retries: 10 };
/** A broker that is silent for so long has lost the connection; a network may have swallowed it. */
const requestTimeoutMs = 10_000;

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
    socketFactory: openSocket,
    connectionTimeout: 3_000,
    requestTimeout: requestTimeoutMs,
    retry: clientRetry,
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
