import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import { TopicError, GapError } from '../../src/broker/errors.js';
import {
  createKafka,
  Partitioners,
  type Admin,
  type Kafka,
  type Transaction,
} from '../../src/broker/kafka-client.js';
import { LaneFollower } from '../../src/broker/lane-follower.js';
import { LaneLog } from '../../src/broker/lane-log.js';
import { LaneWriter } from '../../src/broker/lane-writer.js';
import { createPipelineTopics, pipelineTopics } from '../../src/broker/topics.js';
import { createLogger } from '../../src/log.js';
import { eventually } from './eventually.js';
import { startKafka, type KafkaFixture } from './kafka-fixture.js';
import { laneContents } from './topic-contents.js';

const log = createLogger('test', 'silent');

describe('the lane log', () => {
  let fixture: KafkaFixture;
  let kafka: Kafka;
  let admin: Admin;
  let laneLog: LaneLog;
  let writer: LaneWriter;
  let topic: string;

  before(async () => {
    fixture = await startKafka();
    kafka = createKafka({ brokers: fixture.brokers, clientId: 'test' }, log);
    admin = kafka.admin();
    await admin.connect();
    laneLog = await LaneLog.connect(kafka);
    writer = await LaneWriter.connect(kafka, log);
  });

  beforeEach(async () => {
    const pipeline = `test-${randomUUID()}`;
    await createPipelineTopics(admin, pipeline, 3);
    topic = pipelineTopics(pipeline).predictions;
  });

  after(async () => {
    await Promise.all([writer.close(), laneLog.close(), admin.disconnect()]);
    await fixture.stop();
  });

  const write = (lane: number, ...values: string[]) =>
    writer.send(
      topic,
      lane,
      values.map((value) => ({ key: null, value: Buffer.from(value) })),
    );

  async function valuesIn(lane: number, committedOnly = false): Promise<string[]> {
    const records = await laneContents(laneLog, lane, { topic, committedOnly });
    return records.map(({ value }) => String(value));
  }

  it('tells where each lane begins and ends', async () => {
    assert.deepEqual(await laneLog.lanes(topic), [0, 1, 2]);
    await write(0, 'a', 'b');
    await write(2, 'c');
    assert.deepEqual(await laneLog.bounds(topic), { begin: [0, 0, 0], end: [2, 0, 1] });
    // kafkajs deletes records only of a topic whose leaders it has looked up before.
    await admin.fetchTopicMetadata({ topics: [topic] });
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '1' }] });
    assert.deepEqual(await laneLog.bounds(topic), { begin: [1, 0, 0], end: [2, 0, 1] });
    await assert.rejects(async () => {
      for await (const record of laneLog.read(topic, 0, 0)) assert.fail(String(record.offset));
    }, GapError);
  });

  it('says of a topic that is not there that it is not there', async () => {
    await assert.rejects(laneLog.bounds(`${topic}-of-nobody`), TopicError);
  });

  it('finds where a lane was at a time', async () => {
    await write(1, 'first');
    const [first] = await laneContents(laneLog, 1, { topic });
    const firstMs = first?.timestampMs ?? 0;
    await eventually('the broker’s clock has moved', Date.now, (nowMs) => nowMs > firstMs);
    await write(1, 'second');
    assert.deepEqual(await laneLog.offsetsAt(topic, firstMs), [0, 0, 0]);
    assert.deepEqual(await laneLog.offsetsAt(topic, firstMs + 1), [0, 1, 0]);
    assert.deepEqual(await laneLog.offsetsAt(topic, firstMs + 3_600_000), [0, 2, 0]);
  });

  it('reads a lane through all its batches, from any offset to any other', async () => {
    const values = Array.from({ length: 30 }, (_, number) => `value ${number}`);
    for (let at = 0; at < 30; at += 5) await write(1, ...values.slice(at, at + 5));
    assert.deepEqual(await valuesIn(1), values);
    const some: string[] = [];
    for await (const { value } of laneLog.read(topic, 1, 7, 18)) some.push(String(value));
    assert.deepEqual(some, values.slice(7, 18));
  });

  it('skips no lane’s batch for being larger than a fetch takes', async () => {
    const sizes = [30_000, 40_000, 50_000];
    for (let lane = 0; lane < 3; lane += 1) {
      for (const size of sizes) await write(lane, `${lane}`.repeat(size));
    }
    const positions = new Map([0, 1, 2].map((lane) => [lane, 0]));
    const found = new Map<number, number[]>();
    const [leader] = (await laneLog.leaders(topic, [0, 1, 2])).keys();
    await eventually(
      'every lane is read to its end',
      async () => {
        const bytes = { maxLaneBytes: 1_000, maxBytes: 64 * 2 ** 20 };
        const limits = { maxWaitMs: 0, ...bytes, committedOnly: false };
        // Each lane is named first by turns, as the lane reader does it.
        const turn = [...positions].sort(
          ([a], [b]) => (found.get(a)?.length ?? 0) - (found.get(b)?.length ?? 0),
        );
        for (const part of await laneLog.fetch(topic, leader ?? '', new Map(turn), limits)) {
          positions.set(part.lane, part.nextOffset);
          const lengths = part.records.map(({ value }) => value?.length ?? 0);
          found.set(part.lane, [...(found.get(part.lane) ?? []), ...lengths]);
        }
        return [...positions.values()];
      },
      (offsets) => offsets.every((offset) => offset === sizes.length),
    );
    for (let lane = 0; lane < 3; lane += 1) assert.deepEqual(found.get(lane), sizes);
  });

  it('follows lanes whose records are all larger than it fetches at once', async (t) => {
    const bytes = 5 * 1024 * 1024;
    for (let lane = 0; lane < 3; lane += 1) {
      for (const letter of ['a', 'b']) await write(lane, letter.repeat(bytes));
    }
    const seen: string[] = [];
    const follower = await LaneFollower.start(
      kafka,
      {
        topic,
        from: [0, 0, 0],
        committedOnly: false,
        onRecords: (records) => {
          for (const { lane, value } of records) seen.push(`${lane}${String(value).slice(0, 1)}`);
        },
        onError: (error) => assert.ifError(error),
      },
      log,
    );
    t.after(() => follower.stop());
    await eventually(
      'all six records are seen',
      () => [...seen].sort(),
      (all) => all.join() === '0a,0b,1a,1b,2a,2b',
    );
  });

  it('hides aborted transactions from readers of committed records, overlapping ones too', async (t) => {
    const begin = async (id: string) => {
      const producer = kafka.producer({
        transactionalId: `${topic}.${id}`,
        idempotent: true,
        maxInFlightRequests: 1,
        createPartitioner: Partitioners.DefaultPartitioner,
      });
      await producer.connect();
      t.after(() => producer.disconnect());
      return () => producer.transaction();
    };
    const put = (transaction: Transaction, value: string) =>
      transaction.send({ topic, acks: -1, messages: [{ partition: 0, value }] });
    const [beginA, beginB] = [await begin('a'), await begin('b')];

    const a1 = await beginA();
    await put(a1, 'a1 aborted');
    const b1 = await beginB();
    await put(b1, 'b1 aborted');
    await a1.abort();
    await put(b1, 'b1 aborted too');
    const a2 = await beginA();
    await put(a2, 'a2 committed');
    await a2.commit();
    await b1.abort();
    const b2 = await beginB();
    await put(b2, 'b2 committed');
    const a3 = await beginA();
    await put(a3, 'a3 aborted');
    await b2.commit();
    await a3.abort();
    await write(0, 'of no transaction');
    const committed = ['a2 committed', 'b2 committed', 'of no transaction'];
    assert.deepEqual(await valuesIn(0, true), committed);
    const all = await valuesIn(0);
    assert.equal(all.length, 7, 'others see all records and no markers');

    // A reader that begins in the middle of an aborted transaction sees none of it either.
    const late: string[] = [];
    for await (const { value } of laneLog.read(topic, 0, 2, undefined, true))
      late.push(String(value));
    assert.deepEqual(late, committed);
  });

  it('shows what an open transaction has written when it is committed, not before', async (t) => {
    const producer = kafka.producer({
      transactionalId: `${topic}.open`,
      idempotent: true,
      maxInFlightRequests: 1,
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    t.after(() => producer.disconnect());
    await write(0, 'before');
    const transaction = await producer.transaction();
    await transaction.send({ topic, acks: -1, messages: [{ partition: 0, value: 'open' }] });
    await write(0, 'behind');
    const seen: string[] = [];
    const options = {
      topic,
      from: [0, 0, 0],
      onError: (error: unknown) => assert.ifError(error),
    };
    const committed = await LaneFollower.start(
      kafka,
      {
        ...options,
        committedOnly: true,
        onRecords: (records) => seen.push(...records.map(({ value }) => String(value))),
      },
      log,
    );
    t.after(() => committed.stop());
    const all: string[] = [];
    const uncommitted = await LaneFollower.start(
      kafka,
      {
        ...options,
        committedOnly: false,
        onRecords: (records) => all.push(...records.map(({ value }) => String(value))),
      },
      log,
    );
    t.after(() => uncommitted.stop());
    await eventually(
      'one reader sees all',
      () => [...all],
      (values) => values.length === 3,
    );
    await eventually(
      'the other one sees the first',
      () => [...seen],
      (values) => values.length > 0,
    );
    assert.deepEqual(seen, ['before']);
    await transaction.commit();
    await eventually(
      'it sees all',
      () => [...seen],
      (values) => values.length === 3,
    );
    assert.deepEqual(seen, ['before', 'open', 'behind']);
  });
});
