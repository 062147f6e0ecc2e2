import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import kafkajs from 'kafkajs';
import type { Kafka } from 'kafkajs';
import { startKafka } from './kafka-fixture.js';
import type { KafkaFixture } from './kafka-fixture.js';

/** Reads the first `count` values of a topic's only partition, as a group of its own. */
async function readValues(kafka: Kafka, topic: string, count: number): Promise<string[]> {
  const consumer = kafka.consumer({ groupId: randomUUID() });
  await consumer.connect();
  try {
    await consumer.subscribe({ topic, fromBeginning: true });
    const values: string[] = [];
    await new Promise<void>((resolve, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      consumer
        .run({
          eachMessage: ({ message }) => {
            values.push(String(message.value));
            if (values.length === count) resolve();
            return Promise.resolve();
          },
        })
        .catch(reject);
    });
    return values;
  } finally {
    await consumer.disconnect();
  }
}

async function send(kafka: Kafka, topic: string, values: readonly string[]): Promise<void> {
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic, messages: values.map((value) => ({ value })) });
  await producer.disconnect();
}

describe('the Kafka of the tests', () => {
  let fixture: KafkaFixture;
  let kafka: Kafka;
  const topic = `fixture-${randomUUID()}`;

  before(async () => {
    fixture = await startKafka();
    kafka = new kafkajs.Kafka({
      brokers: fixture.brokers,
      logLevel: kafkajs.logLevel.NOTHING,
    });
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] });
    await admin.disconnect();
  });

  after(async () => {
    const admin = kafka.admin();
    await admin.connect();
    await admin.deleteTopics({ topics: [topic] });
    await admin.disconnect();
    await fixture.stop();
  });

  it('gives back the records that were written to it, in order', async () => {
    await send(kafka, topic, ['one', 'two', 'three']);
    assert.deepEqual(await readValues(kafka, topic, 3), ['one', 'two', 'three']);
  });

  it('does not make a topic because somebody asks for it', async () => {
    const unknown = `unknown-${randomUUID()}`;
    const admin = kafka.admin();
    await admin.connect();
    await assert.rejects(admin.fetchTopicMetadata({ topics: [unknown] }));
    assert.equal((await admin.listTopics()).includes(unknown), false);
    await admin.disconnect();
  });

  it('has its records at the same address after it was killed and started again', async (t) => {
    if (fixture.restart === undefined) {
      t.diagnostic('An external cluster is not killed.');
      return;
    }
    const { brokers } = fixture;
    await fixture.restart();
    assert.deepEqual(fixture.brokers, brokers);
    await send(kafka, topic, ['four']);
    assert.deepEqual(await readValues(kafka, topic, 4), ['one', 'two', 'three', 'four']);
  });
});
