import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { createKafka } from '../../src/broker/kafka-client.js';
import { pipelineTopics } from '../../src/broker/topics.js';
import { createLogger } from '../../src/log.js';
import { writeAsForeigner } from '../integration/foreign-producer.js';
import { startKafka, type KafkaFixture } from '../integration/kafka-fixture.js';
import type { Prediction } from '../../src/wire/prediction.js';
import { CommandLine, type RunningCommand } from './command-line.js';
import { WatchedPipeline } from './watched-pipeline.js';

const csv = `vehicleId,eventTime,latitude,longitude
bus-1,2024-03-04T09:00:00+09:00,36.3504,127.3845
bus-1,2024-03-04T09:02:00+09:00,36.3550,127.3900
bus-2,2024-03-04T09:00:00+09:00,36.3504,127.3845
`;

const jsonLine = (vehicleId: string) =>
  `{"vehicleId":"${vehicleId}","eventTime":"2024-03-04T09:00:00+09:00","latitude":36.3504,"longitude":127.3845}`;

describe('a feed of one’s own', () => {
  let fixture: KafkaFixture;
  let line: CommandLine;
  let pipeline: WatchedPipeline;
  let up: RunningCommand;

  before(async () => {
    fixture = await startKafka();
    line = new CommandLine(fixture.brokers);
    pipeline = await WatchedPipeline.connect(fixture.brokers, line.pipeline);
    up = line.start(['up', '--no-fleet', '--stages', '1']);
    await up.until(
      'every worker has its lanes',
      () => workersWithLanes(pipeline),
      (workers) => workers.join() === 'sink-0,stage-1-0,windower-0',
    );
  });

  after(async () => {
    await line.close();
    await pipeline.close();
    await fixture.stop();
  });

  /** The predictions of some vehicles, when there are as many as there should be. */
  function predictionsOf(prefix: string, count: number): Promise<Prediction[]> {
    return up.until(
      `${prefix} has ${count} predictions`,
      async () =>
        (await pipeline.predictions()).filter(({ vehicleId }) => vehicleId.startsWith(prefix)),
      (predictions) => predictions.length >= count,
    );
  }

  it('that is a CSV file gives a prediction for each cell that a vehicle enters', async () => {
    await writeFile(line.file('fixes.csv'), csv);
    const { code, stdout, stderr } = await line.run(['feed', 'fixes.csv']);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /3 fixes/);
    const predictions = await predictionsOf('bus-', 3);
    const vehicles = predictions.map(({ vehicleId }) => vehicleId).sort();
    assert.deepEqual(vehicles, ['bus-1', 'bus-1', 'bus-2']);
    for (const { candidates } of predictions) assert.equal(candidates.length, 5);
  });

  it('that is lines of JSON may come by standard input', async () => {
    const lines = ['tram-1', 'tram-2'].map((id) => `${jsonLine(id)}\n`).join('');
    const { code, stderr } = await line.run(['feed', '-'], lines);
    assert.equal(code, 0, stderr);
    await predictionsOf('tram-', 2);
  });

  it('may be typed into kafka-console-producer', async () => {
    const client = { brokers: fixture.brokers, clientId: 'console-producer' };
    const kafka = createKafka(client, createLogger('test', 'silent'));
    const topic = pipelineTopics(line.pipeline).fixes;
    await writeAsForeigner(kafka, topic, { key: null, value: jsonLine('bike-1') });
    const [prediction] = await predictionsOf('bike-', 1);
    assert.equal(prediction?.eventTimeMs, Date.parse('2024-03-04T00:00:00Z'));
  });

  it('tells of each line that is no fix, sends the others, and lists the bad ones as dead letters', async () => {
    const lines = `${jsonLine('van-1')}\n{"vehicleId":"van-2","eventTime":"yesterday"}\n${jsonLine('van-3')}\n`;
    const { code, stderr } = await line.run(['feed', '-'], lines);
    assert.equal(code, 1);
    assert.match(stderr, /line 2: INVALID_FIX: .*eventTime/);
    const vehicles = (await predictionsOf('van-', 2)).map(({ vehicleId }) => vehicleId);
    assert.deepEqual(vehicles.sort(), ['van-1', 'van-3']);

    const listed = await line.run(['dead-letters']);
    assert.equal(listed.code, 0, listed.stderr);
    assert.match(listed.stdout, /1 INVALID_FIX/);
    const json = await line.run(['dead-letters', '--json', '--code', 'INVALID_FIX']);
    const letters = json.stdout.trim().split('\n');
    assert.equal(letters.length, 1);
    assert.match(letters[0] ?? '', /"code":"INVALID_FIX"/);
    const none = await line.run(['dead-letters', '--json', '--code', 'FIX_TOO_LATE']);
    assert.equal(none.stdout, '');
  });

  it('has its bad lines sent after all, once, when they are repaired', async () => {
    const which = await line.run(['dead-letters', 'replay']);
    assert.equal(which.code, 1);
    assert.match(which.stderr, /^Say which .*--repaired.*holds, not replayed yet: 1 INVALID_FIX/);
    const asItWas = await line.run(['dead-letters', 'replay', '--code', 'INVALID_FIX']);
    assert.equal(asItWas.code, 1);
    assert.match(asItWas.stderr, /^1 not sent: 1 INVALID_FIX\n.*eventTime.*Send it repaired/);

    const { stdout } = await line.run(['dead-letters', '--json']);
    const repaired = stdout.replace('"eventTime":"yesterday"', jsonLine('van-2').slice(1, -1));
    const replay = ['dead-letters', 'replay', '--repaired', '-'];
    const { code, stdout: said, stderr } = await line.run(replay, repaired);
    assert.equal(code, 0, stderr);
    assert.match(said, /^1 dead letter sent to .*\.fixes again: 1 INVALID_FIX\n$/);
    const predictions = await predictionsOf('van-', 3);
    const marks = predictions.map(({ vehicleId, replayOf }) => `${vehicleId} ${replayOf}`);
    assert.deepEqual(marks.sort(), ['van-1 null', 'van-2 -1', 'van-3 null']);

    const again = await line.run(replay, repaired);
    assert.match(again.stdout, /^0 dead letters sent .*\n1 replayed before and left alone/);
    const listed = await line.run(['dead-letters']);
    assert.match(listed.stdout, /1 of them replayed/);
  });

  it('can be checked with verify while the pipeline runs', async () => {
    const { code, stdout, stderr } = await line.run(['verify', '--json', 'verdict.json']);
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /Every one of the 9 predictions is there once/);
  });

  it('is drained at Ctrl-C, with a summary', async () => {
    up.kill('SIGINT');
    const { code, stdout, stderr } = await up.finished;
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /Every one of the 9 predictions is there once/);
  });
});

/** The workers that have all lanes, of a pipeline that may not have its topics yet. */
async function workersWithLanes(pipeline: WatchedPipeline): Promise<string[]> {
  const reports = await pipeline.reports().catch(() => null);
  return [...(reports?.values() ?? [])]
    .filter(({ lanes }) => lanes.length === 3)
    .map(({ worker }) => worker)
    .sort();
}
