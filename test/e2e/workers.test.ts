import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { after, before, describe, it, type TestContext } from 'node:test';
import { groupOf } from '../../src/broker/topics.js';
import { eventually } from '../integration/eventually.js';
import { startKafka, type KafkaFixture } from '../integration/kafka-fixture.js';
import { PipelineUnderTest } from '../integration/pipeline-under-test.js';
import { drive } from '../integration/small-city.js';
import { CommandLine, type RunningCommand } from './command-line.js';

const taxis = Array.from({ length: 24 }, (_, number) => `taxi-${number}`);
/** Fixes of so many minutes of every taxi are sent at once. */
const minutes = 20;
/** Long: a lane that waited for it would be seen. */
const sessionTimeoutMs = 30_000;

interface Ready {
  readonly status: number;
  readonly lanes: readonly number[];
}

/** What the worker's `/readyz` says. */
async function ready(worker: RunningCommand): Promise<Ready | null> {
  const port = /health and metrics at 127\.0\.0\.1:(\d+)/.exec(worker.stderr)?.[1];
  if (port === undefined) return null;
  const response = await fetch(`http://127.0.0.1:${port}/readyz`);
  const body: unknown = await response.json();
  const lanes: unknown =
    typeof body === 'object' && body !== null ? Reflect.get(body, 'lanes') : null;
  return { status: response.status, lanes: Array.isArray(lanes) ? lanes.map(Number) : [] };
}

function untilReadyWith(worker: RunningCommand, lanes: number): Promise<Ready | null> {
  return worker.until(
    `it is ready, with ${lanes} lanes`,
    () => ready(worker),
    (seen) => seen?.status === 200 && seen.lanes.length === lanes,
  );
}

/** Sends fixes, some hundred at a time, until it is told to stop. */
async function feed(pipeline: PipelineUnderTest, signal: AbortSignal): Promise<void> {
  for (let from = 0; !signal.aborted; from += minutes) {
    await pipeline.send(drive(taxis, { from, to: from + minutes }));
  }
}

/** Resolves when stage 1 has gone on in every lane. */
async function untilMoved(pipeline: PipelineUnderTest): Promise<void> {
  const before = await pipeline.coverage(1);
  await eventually(
    'every lane has gone on',
    () => pipeline.coverage(1),
    (covered) => covered.every((offset, lane) => offset > (before[lane] ?? 0)),
  );
}

/** A broker's address at which somebody listens and never answers. */
async function silentBroker(t: TestContext): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => void sockets.add(socket.on('error', () => undefined)));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert(typeof address === 'object' && address !== null);
  return `127.0.0.1:${address.port}`;
}

describe('a worker’s process', () => {
  let fixture: KafkaFixture;
  before(async () => {
    fixture = await startKafka();
  });
  after(() => fixture.stop());

  const commandLine = (t: TestContext): CommandLine => CommandLine.during(t, fixture.brokers);

  async function pipelineOf(t: TestContext): Promise<PipelineUnderTest> {
    const pipeline = await PipelineUnderTest.start(fixture);
    t.after(() => pipeline.stop());
    return pipeline;
  }

  function startStage(line: CommandLine, pipeline: PipelineUnderTest): RunningCommand {
    const cluster = ['--pipeline', pipeline.name, '--session-timeout-ms', String(sessionTimeoutMs)];
    return line.start(['stage', '1', ...cluster, '--health-listen', '127.0.0.1:0']);
  }

  it('ends with 0 within 10 s of a SIGTERM under load, and its lanes go on at once in another', async (t) => {
    const pipeline = await pipelineOf(t);
    const line = commandLine(t);
    await pipeline.startWindower();
    const stays = startStage(line, pipeline);
    await untilReadyWith(stays, 3);
    const goes = startStage(line, pipeline);
    await untilReadyWith(goes, 1);
    const end = new AbortController();
    const feeding = feed(pipeline, end.signal);
    try {
      await untilMoved(pipeline);
      goes.kill('SIGTERM');
      const { code, signal, stderr } = await goes.finished;
      // After 10 s it would have been 1.
      assert.deepEqual({ code, signal }, { code: 0, signal: null }, stderr);
      await untilReadyWith(stays, 3);
      await untilMoved(pipeline);
    } finally {
      end.abort();
      await feeding;
    }
    await pipeline.untilCovered(1);
  });

  it('ends with 0 at a SIGTERM while it starts, and is no member of its group then', async (t) => {
    const pipeline = await pipelineOf(t);
    const worker = startStage(commandLine(t), pipeline);
    await worker.until(
      'it starts',
      () => worker.stderr,
      (log) => log.includes('"starting"'),
    );
    worker.kill('SIGTERM');
    const { code, signal, stderr } = await worker.finished;
    assert.deepEqual({ code, signal }, { code: 0, signal: null }, stderr);
    const { groups } = await pipeline.admin.describeGroups([groupOf(pipeline.plan, 'stage-1')]);
    assert.deepEqual(groups[0]?.members, []);
  });

  for (const [signal, wanted] of [
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const) {
    it(`ends at once, with ${wanted}, at a second ${signal} while the first can’t be followed`, async (t) => {
      const brokers = await silentBroker(t);
      const listen = ['--health-listen', '127.0.0.1:0'];
      const worker = commandLine(t).start(['sink', '--brokers', brokers, ...listen]);
      const seen = await worker.until(
        'it answers while it starts',
        () => ready(worker),
        (answer) => answer !== null,
      );
      assert.equal(seen?.status, 503);
      worker.kill('SIGTERM');
      await worker.until(
        'it has heard it',
        () => worker.stderr,
        (log) => log.includes('stopping: SIGTERM'),
      );
      worker.kill(signal);
      // After 10 s it would have been 1.
      assert.equal((await worker.finished).code, wanted);
    });
  }

  it('ends with 1 after 10 s where a SIGTERM can’t be followed', async (t) => {
    const listen = ['--brokers', await silentBroker(t), '--health-listen', '127.0.0.1:0'];
    const worker = commandLine(t).start(['sink', ...listen]);
    await worker.until(
      'it starts',
      () => ready(worker),
      (answer) => answer !== null,
    );
    worker.kill('SIGTERM');
    const { code, stderr } = await worker.finished;
    assert.equal(code, 1, stderr);
    assert.match(stderr, /the stop took over 10 s/);
  });

  it('ends with 1 and a reason where its group belongs to another program', async (t) => {
    const pipeline = await pipelineOf(t);
    const groupId = groupOf(pipeline.plan, 'stage-1');
    const other = pipeline.kafka.consumer({ groupId });
    t.after(() => other.disconnect());
    await other.connect();
    await other.subscribe({ topic: pipeline.topics.fixes });
    const joined = new Promise((resolve) => other.on(other.events.GROUP_JOIN, resolve));
    await other.run({ eachMessage: () => Promise.resolve() });
    await joined;
    const { code, stderr } = await startStage(commandLine(t), pipeline).finished;
    assert.equal(code, 1, stderr);
    assert.match(stderr, new RegExp(`the consumer group ${groupId} has ended: `));
  });
});
