import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it, type TestContext } from 'node:test';
import { MembershipError, UncleanStopError } from '../../src/broker/errors.js';
import {
  createKafka,
  type Admin,
  type ClientOptions,
  type Kafka,
} from '../../src/broker/kafka-client.js';
import { LaneGroup } from '../../src/broker/lane-group.js';
import type { LaneContext, LaneHandler } from '../../src/broker/lane-handler.js';
import { LaneWriter } from '../../src/broker/lane-writer.js';
import { createPipelineTopics, pipelineTopics } from '../../src/broker/topics.js';
import { WatchedLaneWorker } from '../../src/broker/watched-lane-worker.js';
import { createLogger } from '../../src/log.js';
import { eventually } from './eventually.js';
import { startKafka, type KafkaFixture } from './kafka-fixture.js';

const log = createLogger('test', 'silent');
const lanes = 3;
/** A take that never ends, as of a handler that waits for an answer that does not come. */
const never = new Promise<void>(() => undefined);

describe('a watched worker', () => {
  let fixture: KafkaFixture;
  let client: ClientOptions;
  let kafka: Kafka;
  let admin: Admin;
  let writer: LaneWriter;

  before(async () => {
    fixture = await startKafka();
    client = { brokers: fixture.brokers, clientId: 'test' };
    kafka = createKafka(client, log);
    admin = kafka.admin();
    await admin.connect();
    writer = await LaneWriter.connect(kafka, log);
  });

  after(async () => {
    await Promise.all([writer.close(), admin.disconnect()]);
    await fixture.stop();
  });

  async function newTopic(): Promise<string> {
    const pipeline = `test-${randomUUID()}`;
    await createPipelineTopics(admin, pipeline, lanes);
    return pipelineTopics(pipeline).fixes;
  }

  async function membersOf(groupId: string): Promise<number> {
    const { groups } = await admin.describeGroups([groupId]);
    return groups[0]?.members.length ?? 0;
  }

  /** A worker of a group named like its topic, with what it told and what it was renewed for. */
  async function start(topic: string, open: (context: LaneContext) => LaneHandler) {
    const notices: string[] = [];
    const fatal: unknown[] = [];
    let renewed = 0;
    const options = {
      client,
      kafka,
      groupId: topic,
      topic,
      sessionTimeoutMs: 6_000,
      stallTimeoutMs: 2_000,
      maxQueuedBytes: 1024 * 1024,
      maxRecordsPerTake: 1,
      committedOnly: false,
      commitEveryMs: null,
      open: (context: LaneContext) => Promise.resolve({ fromOffset: 0, handler: open(context) }),
      renew: () => Promise.resolve(void (renewed += 1)),
      lastSendError: () => 'the send has failed',
      onNotice: (notice: string) => notices.push(notice),
      onFatal: (error: unknown) => fatal.push(error),
    };
    const worker = await WatchedLaneWorker.start(options, log);
    return { worker, notices, fatal, renewals: () => renewed };
  }

  async function untilMember(worker: WatchedLaneWorker): Promise<void> {
    await eventually(
      'it has all lanes, and they are open',
      () => worker.health,
      ({ membership, lanes: all }) =>
        membership === 'member' && all.filter(({ state }) => state === 'open').length === lanes,
    );
  }

  it('restarts its consumer where a lane stands still, says so, and goes on', async () => {
    const topic = await newTopic();
    const read: string[] = [];
    let hangs = true;
    const { worker, notices, fatal, renewals } = await start(topic, ({ lane, signal }) => ({
      take: async (records) => {
        if (lane === 1 && hangs) {
          // Ends with an error when it is given up: nobody is to hear of that.
          await new Promise((_, reject) => {
            signal.addEventListener('abort', () => reject(new Error('given up')));
          });
        }
        for (const { value } of records) read.push(`${lane} ${String(value)}`);
      },
      drain: () => Promise.resolve(),
    }));
    await untilMember(worker);
    await writer.send(topic, 0, [{ key: null, value: Buffer.from('a') }]);
    await writer.send(topic, 1, [
      { key: null, value: Buffer.from('a') },
      { key: null, value: Buffer.from('b') },
    ]);
    await eventually(
      'it says what stands still',
      () => worker.health,
      ({ stalled }) => stalled !== null,
    );
    hangs = false;
    await eventually(
      'the lane is read after a restart',
      () => read,
      (values) => values.includes('1 b'),
    );
    assert.match(
      notices[0] ?? '',
      /^lane 1 has not moved for \d s though records wait; the last error was: the send has failed; the consumer is restarted \(restart 1\)$/,
    );
    await eventually(
      'it is well again',
      () => worker.health,
      ({ stalled, membership }) => stalled === null && membership === 'member',
    );
    assert.equal(worker.health.restarts, notices.length);
    assert.equal(renewals(), notices.length, 'its connections are others now');
    assert.equal(await membersOf(topic), 1, 'the membership that was given up is no more');
    await worker.stop();
    assert.deepEqual(fatal, []);
  });

  it('stops in time where something in flight does not end, says so, and leaves its lanes to others', async () => {
    const topic = await newTopic();
    let taken = 0;
    const take = async (): Promise<void> => {
      taken += 1;
      await never;
    };
    const { worker } = await start(topic, () => ({ take, drain: () => Promise.resolve() }));
    await untilMember(worker);
    await writer.send(topic, 2, [{ key: null, value: Buffer.from('a') }]);
    await eventually(
      'the record is taken',
      () => taken,
      (count) => count > 0,
    );
    await assert.rejects(worker.stop(), (error) => {
      assert(error instanceof UncleanStopError);
      assert.match(error.message, /lanes 2 did not end in time/);
      return true;
    });
    assert.equal(await membersOf(topic), 0);
  });

  it('ends with what to do where the group’s members are of another program', async (t: TestContext) => {
    const topic = await newTopic();
    const other = createKafka(client, log).consumer({ groupId: topic });
    t.after(() => other.disconnect());
    await other.connect();
    await other.subscribe({ topic });
    const joined = new Promise((resolve) => other.on(other.events.GROUP_JOIN, resolve));
    await other.run({ eachMessage: () => Promise.resolve() });
    await joined;
    const { worker, fatal } = await start(topic, () => assert.fail('no lane is given'));
    await eventually(
      'it is told of',
      () => fatal,
      ({ length }) => length > 0,
    );
    const [error] = fatal;
    assert(error instanceof MembershipError);
    assert.match(error.message, new RegExp(`${topic} has ended: .*protocol.*Stagecoach workers`));
    await worker.stop();
  });

  for (const [moment, members] of [
    ['as soon as it connects', null],
    ['while it joins', 2],
  ] as const) {
    it(`leaves no member behind where it is left ${moment}`, async (t: TestContext) => {
      const topic = await newTopic();
      const handler: LaneHandler = {
        take: () => Promise.resolve(),
        drain: () => Promise.resolve(),
      };
      const { worker } = await start(topic, () => handler);
      t.after(() => worker.stop());
      await untilMember(worker);
      const options = {
        groupId: topic,
        topic,
        sessionTimeoutMs: 6_000,
        onAssigned: () => assert.fail('nothing is to be given to one that left'),
        onCrash: (error: unknown) => assert.ifError(error),
      };
      const group = new LaneGroup(client, options, log);
      const joining = group.join().catch(() => undefined);
      if (members !== null) {
        await eventually(
          `the group has ${members} members`,
          () => membersOf(topic),
          (found) => found === members,
        );
      }
      await group.leave();
      await joining;
      await eventually(
        'the other has all lanes again',
        async () => ({ found: await membersOf(topic), health: worker.health }),
        ({ found, health }) =>
          found === 1 && health.membership === 'member' && health.lanes.length === lanes,
      );
    });
  }
});
