import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { GeoFix } from '../../src/geo/fix.js';
import { eventually } from './eventually.js';
import { startKafka, type KafkaFixture } from './kafka-fixture.js';
import { PipelineUnderTest } from './pipeline-under-test.js';
import { drive } from './small-city.js';

const lanes = 2;
const taxis = Array.from({ length: 12 }, (_, number) => `taxi-${number}`);
const everyOther = taxis.filter((_, number) => number % 2 === 0);

/** A part of a day, and what follows on it: fixes that are wrong only by what was before. */
function partsOfADay(): GeoFix[][] {
  const [morning, noon, evening] = [
    [...drive(taxis, { from: 0, to: 30 })],
    // Half of the taxis have a trip gap behind them, the others go on as they were.
    [...drive(everyOther, { from: 30, to: 50 }), ...drive(taxis, { from: 50, to: 70 })],
    [...drive(taxis, { from: 70, to: 90 })],
  ];
  const late = [...drive(taxis, { from: 12, to: 13 })];
  const jumps = morning.slice(-taxis.length).map((fix) => ({
    ...fix,
    eventTimeMs: fix.eventTimeMs + 1_000,
    latitude: fix.latitude + 0.5,
  }));
  return [morning, [...late, ...jumps, ...noon], [...late, ...evening]];
}

/** What a windower's output says in a lane, however it is grouped into records. */
async function outputItems(pipeline: PipelineUnderTest, lane: number): Promise<string[]> {
  const items: string[] = [];
  let coveredTo = pipeline.plan.startOffsets[lane] ?? 0;
  for (const batch of await pipeline.batches(0, lane)) {
    assert.equal(batch.covers.from, coveredTo, 'each record goes on where the one before ended');
    coveredTo = batch.covers.to;
    const cells = batch.tensors.find(({ name }) => name === 'cells');
    assert(cells !== undefined);
    const [rows = 0, width = 0] = cells.shape;
    assert.equal(rows, batch.items.length);
    batch.items.forEach(({ offset, key, eventTimeMs }, row) => {
      const window = cells.data.subarray(row * width, (row + 1) * width).join(' ');
      items.push(`${offset} ${key} ${eventTimeMs}: ${window}`);
    });
  }
  return items;
}

async function allOutput(pipeline: PipelineUnderTest): Promise<string[][]> {
  return Promise.all([...Array(lanes).keys()].map((lane) => outputItems(pipeline, lane)));
}

async function deadLetterPlaces(pipeline: PipelineUnderTest): Promise<string[]> {
  const letters = await pipeline.deadLetters();
  return letters.map(({ lane, offset, code }) => `${lane}/${offset} ${code}`);
}

describe('windowers', () => {
  let fixture: KafkaFixture;
  let undisturbed: PipelineUnderTest;

  before(async () => {
    fixture = await startKafka();
    undisturbed = await PipelineUnderTest.start(fixture, { lanes });
    await undisturbed.startWindower();
    for (const fixes of partsOfADay()) await undisturbed.send(fixes);
    await undisturbed.untilCovered(0);
  });

  after(async () => {
    await undisturbed.stop();
    await fixture.stop();
  });

  it('gather items under load: however many fixes come, a lane gets 16 records a second and a few', async (t) => {
    const pipeline = await PipelineUnderTest.start(fixture, { lanes });
    t.after(() => pipeline.stop());
    await pipeline.startWindower();
    await pipeline.untilCovered(0);
    const startMs = performance.now();
    for (const fix of drive(taxis, { from: 0, to: 60 })) await pipeline.send([fix]);
    await pipeline.untilCovered(0);
    const most = 8 + 16 * ((performance.now() - startMs) / 1000) + 2;
    for (let lane = 0; lane < lanes; lane += 1) {
      const records = (await pipeline.batches(0, lane)).filter(({ items }) => items.length > 0);
      assert(records.length <= most, `${records.length} records, at most ${most} expected`);
    }
  });

  it('that take over from one another know every vehicle as if it had been one', async (t) => {
    const pipeline = await PipelineUnderTest.start(fixture, { lanes });
    t.after(() => pipeline.stop());
    for (const [number, fixes] of partsOfADay().entries()) {
      const before = Math.max(...(await pipeline.coverage(0)));
      await pipeline.startWindower(`windower-${number}`);
      await pipeline.send(fixes);
      // It is stopped as soon as it has done anything: the next one finds the rest.
      await eventually(
        'the windower has written',
        () => pipeline.coverage(0),
        (covered) => Math.max(...covered) > before,
      );
      await pipeline.stopWorkers(`windower-${number}`);
    }
    await pipeline.startWindower('windower-at-last');
    await pipeline.untilCovered(0);
    const items = await allOutput(undisturbed);
    assert(items.flat().length > 200, `${items.flat().length} items are enough to tell`);
    assert.deepEqual(await allOutput(pipeline), items);
    const letters = await deadLetterPlaces(undisturbed);
    assert(letters.some((letter) => letter.endsWith('FIX_TOO_LATE')));
    assert(letters.some((letter) => letter.endsWith('FIX_NOT_PLAUSIBLE')));
    assert.deepEqual(new Set(await deadLetterPlaces(pipeline)), new Set(letters));
  });

  it('go on behind what another one wrote last, though older coverage lies behind it', async (t) => {
    const pipeline = await PipelineUnderTest.start(fixture, { lanes });
    t.after(() => pipeline.stop());
    const [morning = [], noon = [], evening = []] = partsOfADay();
    await pipeline.startWindower('windower-0');
    await pipeline.send(morning);
    await pipeline.untilCovered(0);
    await pipeline.stopWorkers('windower-0');
    const reached = await pipeline.coverage(0);
    // A zombie's last words: the first records of each lane once more.
    for (let lane = 0; lane < lanes; lane += 1) {
      const first = await pipeline.rawRecords(0, lane);
      const value = first[0]?.value ?? Buffer.alloc(0);
      await pipeline.writer.send(pipeline.outputOf(0), lane, [{ key: null, value }]);
    }
    await pipeline.startWindower('windower-1');
    await pipeline.send([...noon, ...evening]);
    await pipeline.untilCovered(0);
    for (let lane = 0; lane < lanes; lane += 1) {
      const batches = await pipeline.batches(0, lane);
      const next = batches.findIndex(({ covers }) => covers.from === reached[lane]);
      assert(next > 0, `lane ${lane} goes on at ${reached[lane] ?? 'nowhere'}`);
      assert.equal(batches[next - 1]?.covers.from, 0, 'right behind the zombie’s record');
    }
  });
});
