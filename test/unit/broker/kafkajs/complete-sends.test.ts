import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import { createKafka } from '../../../../src/broker/kafka-client.js';
import { createLogger } from '../../../../src/log.js';

createKafka({ brokers: [], clientId: 'test' }, createLogger('test', 'silent'));

const require = createRequire(import.meta.url);
const createSendMessages = require('kafkajs/src/producer/sendMessages.js') as (
  wiring: object,
) => (sending: object) => Promise<readonly { readonly partition: number }[]>;
const createRetry = require('kafkajs/src/retry/index.js') as (options: object) => unknown;

const silent = { debug: () => 0, info: () => 0, warn: () => 0, error: () => 0 };
const noTransactions = {
  acquireBrokerLock: () => Promise.resolve(),
  releaseBrokerLock: () => Promise.resolve(),
  isTransactional: () => false,
  getSequence: () => 0,
  updateSequence: () => undefined,
  getProducerId: () => -1,
  getProducerEpoch: () => 0,
};

interface Produce {
  readonly topicData: readonly {
    readonly topic: string;
    readonly partitions: readonly { readonly partition: number }[];
  }[];
}

/** A cluster of one broker that leads, as its metadata have it, these partitions of every topic. */
function clusterThatLeads(...partitions: readonly number[]): object {
  const broker = {
    nodeId: '1',
    produce: ({ topicData }: Produce) =>
      Promise.resolve({
        topics: topicData.map(({ topic, partitions: sent }) => {
          return { topicName: topic, partitions: sent };
        }),
      }),
  };
  const done = () => Promise.resolve();
  return {
    refreshMetadataIfNecessary: done,
    refreshMetadata: done,
    addMultipleTargetTopics: done,
    isConnected: () => true,
    findTopicPartitionMetadata: () => partitions.map((partitionId) => ({ partitionId, leader: 1 })),
    findLeaderForPartitions: (_: string, wanted: readonly (string | number)[]) => {
      const led = wanted.map(Number).filter((partition) => partitions.includes(partition));
      return led.length === 0 ? {} : { 1: led };
    },
    findBroker: () => Promise.resolve(broker),
  };
}

/** A send of one record to each of these partitions. */
function send(cluster: object, partitions: readonly number[], acks = -1) {
  const retry = { initialRetryTime: 1, maxRetryTime: 1, retries: 1 };
  const sendMessages = createSendMessages({
    ...{ logger: silent, cluster, eosManager: noTransactions, retrier: createRetry(retry) },
    partitioner: ({ message }: { readonly message: { readonly partition: number } }) =>
      message.partition,
  });
  const messages = partitions.map((partition) => ({ key: null, value: 'v', partition }));
  return sendMessages({ acks, topicMessages: [{ topic: 'fixes', messages }] });
}

describe("kafkajs's sends", () => {
  it('give the answer of each partition', async () => {
    const answers = await send(clusterThatLeads(0, 1), [0, 1, 1]);
    assert.deepEqual(answers.map(({ partition }) => partition).sort(), [0, 1]);
  });

  it('fail where no leader of a partition is known, in place of leaving it out', async () => {
    await assert.rejects(send(clusterThatLeads(0), [0, 2]), {
      message: 'No leader was sent the records of fixes 2',
    });
    await assert.rejects(send(clusterThatLeads(0), [2]), {
      message: 'No leader was sent the records of fixes 2',
    });
  });
});
