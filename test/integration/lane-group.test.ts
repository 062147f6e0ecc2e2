import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { createKafka, type ClientOptions, type Kafka } from '../../src/broker/kafka-client.js';
import { LaneGroup } from '../../src/broker/lane-group.js';
import { LaneWorker, type LaneContext, type LaneHandler } from '../../src/broker/lane-worker.js';
import { LaneWriter } from '../../src/broker/lane-writer.js';
import { createPipelineTopics, pipelineTopics } from '../../src/broker/topics.js';
import { createLogger } from '../../src/log.js';
import { eventually } from './eventually.js';
import { startKafka, type KafkaFixture } from './kafka-fixture.js';

const log = createLogger('test', 'silent');
const lanes = 6;

/** A worker that only notes what it is given. */
class Member {
  /** How often each lane was opened. */
  readonly opened = new Map<number, number>();
  /** The values that were read, by lane. */
  readonly read = new Map<number, string[]>();
  #worker: LaneWorker | null = null;

  static async join(client: ClientOptions, groupId: string, topic: string): Promise<Member> {
    const member = new Member();
    const options = {
      client,
      kafka: createKafka(client, log),
      groupId,
      topic,
      sessionTimeoutMs: 6_000,
      maxQueuedBytes: 1024 * 1024,
      maxRecordsPerTake: 100,
      committedOnly: false,
      commitEveryMs: null,
      open: (context: LaneContext) =>
        Promise.resolve({ fromOffset: 0, handler: member.#handler(context) }),
      onNotice: (notice: string) => assert.fail(notice),
      onFatal: (error: unknown) => assert.ifError(error),
    };
    member.#worker = await LaneWorker.start(options, log);
    return member;
  }

  get lanes(): readonly number[] {
    return this.#worker?.lanes ?? [];
  }

  async leave(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    await worker?.stop();
  }

  #handler({ lane }: LaneContext): LaneHandler {
    this.opened.set(lane, (this.opened.get(lane) ?? 0) + 1);
    this.read.set(lane, []);
    return {
      take: (records) => {
        for (const { value } of records) this.read.get(lane)?.push(String(value));
        return Promise.resolve();
      },
      drain: () => Promise.resolve(),
    };
  }
}

/** How many lanes each member has, most first; the lanes are all shared out where they sum up. */
function shares(members: readonly Member[]): number[] {
  return members.map((member) => member.lanes.length).sort((a, b) => b - a);
}

async function untilShared(members: readonly Member[], wanted: readonly number[]): Promise<void> {
  await eventually(
    `the members have ${wanted.join(', ')} lanes`,
    () => shares(members),
    (found) => found.join() === wanted.join(),
  );
  const all = members.flatMap((member) => member.lanes).sort((a, b) => a - b);
  assert.deepEqual(all, [0, 1, 2, 3, 4, 5], 'each lane has one owner');
}

describe('a lane group', () => {
  let fixture: KafkaFixture;
  let client: ClientOptions;
  let kafka: Kafka;
  let writer: LaneWriter;

  before(async () => {
    fixture = await startKafka();
    client = { brokers: fixture.brokers, clientId: 'test' };
    kafka = createKafka(client, log);
    writer = await LaneWriter.connect(kafka, log);
  });

  after(async () => {
    await writer.close();
    await fixture.stop();
  });

  async function newTopic(): Promise<string> {
    const pipeline = `test-${randomUUID()}`;
    const admin = kafka.admin();
    await admin.connect();
    await createPipelineTopics(admin, pipeline, lanes);
    await admin.disconnect();
    return pipelineTopics(pipeline).fixes;
  }

  async function writeToAll(topic: string, value: string): Promise<void> {
    for (let lane = 0; lane < lanes; lane += 1) {
      await writer.send(topic, lane, [{ key: null, value: Buffer.from(value) }]);
    }
  }

  it('knows whether a commit has reached the coordinator: kafkajs takes some, and does nothing', async (t) => {
    const topic = await newTopic();
    let isMember = false;
    const group = new LaneGroup(
      client,
      {
        ...{ groupId: topic, topic, sessionTimeoutMs: 6_000 },
        onAssigned: (lanes) => (isMember = lanes.length > 0),
        onCrash: (error) => assert.ifError(error),
      },
      log,
    );
    t.after(() => group.leave());
    await group.join();
    await eventually(
      'it has its lanes',
      () => isMember,
      (has) => has,
    );
    const commit = (nextOffset: number) =>
      group.commit([{ lane: 0, nextOffset, metadata: 'to here' }]);
    assert.equal(await commit(3), true);
    assert.equal(group.commits, 1);
    const leaving = group.leave();
    assert.equal(await commit(4), false, 'it leaves');
    await leaving;
    assert.equal(await commit(5), false, 'it has left');
    assert.equal(group.commits, 1);
    const admin = kafka.admin();
    await admin.connect();
    t.after(() => admin.disconnect());
    const [found] = await admin.fetchOffsets({ groupId: topic, topics: [topic] });
    const lane = found?.partitions.find(({ partition }) => partition === 0);
    assert.deepEqual([lane?.offset, lane?.metadata], ['3', 'to here']);
  });

  it('shares the lanes out evenly and moves as few as possible', async (t) => {
    const topic = await newTopic();
    const members: Member[] = [];
    t.after(() => Promise.all(members.map((member) => member.leave())));
    const join = async () => {
      const member = await Member.join(client, topic, topic);
      members.push(member);
      return member;
    };
    const first = await join();
    await untilShared(members, [6]);
    const second = await join();
    await untilShared(members, [3, 3]);
    const before = members.map((member) => [...member.lanes]);
    const third = await join();
    await untilShared(members, [2, 2, 2]);
    for (const [at, member] of [first, second].entries()) {
      assert(
        member.lanes.every((lane) => before[at]?.includes(lane)),
        `${member.lanes.join()} of ${before[at]?.join() ?? ''}`,
      );
    }
    const kept = [first, second].map((member) => [...member.lanes]);
    await third.leave();
    members.pop();
    await untilShared(members, [3, 3]);
    for (const [at, member] of [first, second].entries()) {
      assert(
        kept[at]?.every((lane) => member.lanes.includes(lane)),
        'nothing is taken away',
      );
    }
  });

  it('never stops a lane that stays where it is while members come and go', async (t) => {
    const topic = await newTopic();
    const first = await Member.join(client, topic, topic);
    t.after(() => first.leave());
    await untilShared([first], [6]);
    await writeToAll(topic, 'alone');
    const second = await Member.join(client, topic, topic);
    t.after(() => second.leave());
    await untilShared([first, second], [3, 3]);
    const kept = [...first.lanes];
    await writeToAll(topic, 'together');
    await eventually(
      'both read what is theirs',
      () => [first, second].flatMap((member) => member.lanes.map((lane) => member.read.get(lane))),
      (read) => read.every((values) => values?.at(-1) === 'together'),
    );
    await second.leave();
    await untilShared([first], [6]);
    await writeToAll(topic, 'alone again');
    await eventually(
      'the first reads all lanes again',
      () => [...first.read.values()],
      (read) => read.every((values) => values.at(-1) === 'alone again'),
    );
    for (let lane = 0; lane < lanes; lane += 1) {
      // Who opens a lane anew reads it from where its output ends: here, from its beginning.
      assert.equal(first.opened.get(lane), kept.includes(lane) ? 1 : 2, `lane ${lane}`);
      assert.deepEqual(first.read.get(lane), ['alone', 'together', 'alone again']);
    }
  });
});
