import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { eventually } from './eventually.js';
import { startKafka, type KafkaFixture } from './kafka-fixture.js';
import { PipelineUnderTest } from './pipeline-under-test.js';
import { feed } from './steady-feed.js';
import { assertSound } from './sound.js';

const taxis = Array.from({ length: 24 }, (_, number) => `taxi-${number}`);
/** Few enough that lanes are always being worked on while they move. */
const maxBacklog = 400;

/** Waits until stage 1's workers say that they have so many lanes each, and have worked on them. */
async function untilShared(
  pipeline: PipelineUnderTest,
  wanted: Readonly<Record<string, number>>,
): Promise<void> {
  const names = Object.keys(wanted);
  await eventually(
    'the lanes are shared out',
    async () => {
      const reports = await pipeline.reports();
      return names.map((name) => reports.get(name)?.lanes.length);
    },
    (lanes) => lanes.join() === Object.values(wanted).join(),
  );
  const before = await pipeline.predictedTo();
  await eventually(
    'every lane has gone on since',
    () => pipeline.predictedTo(),
    (reached) => reached.every((offset, lane) => offset > (before[lane] ?? 0)),
  );
}

describe('scaling', () => {
  let fixture: KafkaFixture;
  before(async () => {
    fixture = await startKafka();
  });
  after(() => fixture.stop());

  it('a stage from 1 to 3 workers and back in mid-stream loses, repeats and reorders nothing', async (t) => {
    const pipeline = await PipelineUnderTest.start(fixture, { lanes: 6 });
    t.after(() => pipeline.stop());
    await pipeline.startAll();
    const end = new AbortController();
    const feeding = feed(pipeline, taxis, maxBacklog, end.signal);
    try {
      await untilShared(pipeline, { 'stage-1-0': 6 });
      await pipeline.startStage(1, 'stage-1-1');
      await pipeline.startStage(1, 'stage-1-2');
      await untilShared(pipeline, { 'stage-1-0': 2, 'stage-1-1': 2, 'stage-1-2': 2 });
      // The one that was there first goes first.
      await pipeline.stopWorkers('stage-1-0');
      await untilShared(pipeline, { 'stage-1-1': 3, 'stage-1-2': 3 });
      await pipeline.stopWorkers('stage-1-1');
      await untilShared(pipeline, { 'stage-1-2': 6 });
    } finally {
      end.abort();
      await feeding;
    }
    await pipeline.untilPredicted();
    assert.deepEqual(pipeline.notices, []);
    const verdict = await pipeline.verdict();
    assertSound(verdict);
    assert.equal(verdict.observed, verdict.expected);
    assert.deepEqual(await pipeline.deadLetters(), []);
  });
});
