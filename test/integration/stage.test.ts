import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { VehicleMap } from '../../src/geo/windows.js';
import { Windower, windowBatches, type WindowedItem } from '../../src/producer/windower.js';
import { encodeTensorBatch, type TensorBatch } from '../../src/wire/tensor-batch.js';
import { randomFrom } from '../unit/model/networks.js';
import { eventually } from './eventually.js';
import { startKafka, type KafkaFixture } from './kafka-fixture.js';
import { PipelineUnderTest } from './pipeline-under-test.js';
import { drive, smallCity } from './small-city.js';
import { assertSound } from './sound.js';
import { laneContents } from './topic-contents.js';

const taxis = Array.from({ length: 12 }, (_, number) => `taxi-${number}`);

/** The items that the fixes of a lane give, and where the lane ends. */
interface Windowed {
  readonly items: readonly WindowedItem[];
  readonly end: number;
}

async function windowed(pipeline: PipelineUnderTest, lane: number): Promise<Windowed> {
  const { laneLog, topics, plan } = pipeline;
  const records = await laneContents(laneLog, lane, { topic: topics.fixes });
  const vehicles = new VehicleMap(smallCity, plan.rules);
  const shape = { steps: plan.rules.steps, cellCount: smallCity.size };
  const { items } = new Windower({ topic: topics.fixes, vehicles, ...shape }).step(records);
  return { items, end: records.length };
}

/** The lane as a windower would write it that puts so many items into a record. */
function asWritten({ items, end }: Windowed, plan: string, maxItems: number): TensorBatch[] {
  const steps = items[0]?.window.length ?? 0;
  return windowBatches(items, { from: 0, to: end }, { plan, steps, maxItems });
}

/** Records of two writers of one lane as they may come to lie: neither leaves a gap. */
function interleaved(
  writers: readonly [readonly TensorBatch[], readonly TensorBatch[]],
  random: () => number,
): TensorBatch[] {
  const left = writers.map((batches) => [...batches]);
  const records: TensorBatch[] = [];
  while (left.some((batches) => batches.length > 0)) {
    const [next] = left[random() < 0.5 ? 0 : 1]?.splice(0, 1) ?? [];
    if (next !== undefined) records.push(next);
  }
  return records;
}

async function write(
  pipeline: PipelineUnderTest,
  lane: number,
  batches: readonly TensorBatch[],
): Promise<void> {
  for (const batch of batches) {
    const value = encodeTensorBatch(batch);
    await pipeline.writer.send(pipeline.outputOf(0), lane, [{ key: null, value }]);
  }
}

/** Covers and items of each record: what one stage must give on as it got it. */
function outline(batches: readonly TensorBatch[]): unknown[] {
  return batches.map(({ covers, items }) => ({ covers, items }));
}

describe('a stage', () => {
  let fixture: KafkaFixture;
  before(async () => {
    fixture = await startKafka();
  });
  after(() => fixture.stop());

  it('writes an image of its input: a record for each record, same lane, coverage and items', async (t) => {
    const pipeline = await PipelineUnderTest.start(fixture, { cuts: [7, 14] });
    t.after(() => pipeline.stop());
    await pipeline.startAll();
    await pipeline.send(drive(taxis, { from: 0, to: 40 }));
    await pipeline.untilPredicted();
    for (let lane = 0; lane < pipeline.plan.lanes; lane += 1) {
      const windows = outline(await pipeline.batches(0, lane));
      assert(windows.length > 0);
      for (let stage = 1; stage <= pipeline.stages; stage += 1) {
        const image = await pipeline.batches(stage, lane);
        assert.deepEqual(outline(image), windows, `stage ${stage}, lane ${lane}`);
        assert(image.every((batch) => batch.stage === stage));
      }
    }
    assertSound(await pipeline.verdict());
  });

  it('makes one stream of what two windowers of a lane have written', async (t) => {
    const lanes = 2;
    const pipeline = await PipelineUnderTest.start(fixture, { lanes });
    t.after(() => pipeline.stop());
    await pipeline.send(drive(taxis, { from: 0, to: 60 }));
    await Promise.all([pipeline.startStage(1), pipeline.startStage(2), pipeline.startSink()]);
    const random = randomFrom(1);
    for (let lane = 0; lane < lanes; lane += 1) {
      const made = await windowed(pipeline, lane);
      const { name } = pipeline.plan;
      const both = [asWritten(made, name, 3), asWritten(made, name, 5)] as const;
      await write(pipeline, lane, interleaved(both, random));
    }
    await pipeline.untilPredicted();
    for (let lane = 0; lane < lanes; lane += 1) {
      const { items, end } = await windowed(pipeline, lane);
      const image = await pipeline.batches(1, lane);
      let coveredTo = 0;
      for (const { covers } of image) {
        assert.equal(covers.from, coveredTo);
        coveredTo = covers.to;
      }
      assert.equal(coveredTo, end);
      assert.deepEqual(
        image.flatMap((batch) => batch.items),
        items.map(({ header }) => header),
      );
    }
    assertSound(await pipeline.verdict());
  });

  it('stops a lane at a gap and says so, after what came before it; other lanes go on', async (t) => {
    const pipeline = await PipelineUnderTest.start(fixture);
    t.after(() => pipeline.stop());
    await pipeline.send(drive(taxis, { from: 0, to: 40 }));
    const { lanes, name } = pipeline.plan;
    for (let lane = 0; lane < lanes; lane += 1) {
      const batches = asWritten(await windowed(pipeline, lane), name, 4);
      if (lane === 0) batches.splice(2, 1);
      await write(pipeline, lane, batches);
    }
    const [, second, , fourth] = asWritten(await windowed(pipeline, 0), name, 4);
    const [stopsAt, goesOnAt] = [second?.covers.to ?? 0, fourth?.covers.from ?? 0];
    await pipeline.startStage(1);
    const { end } = await pipeline.laneLog.bounds(pipeline.topics.fixes);
    const wanted = end.map((offset, lane) => (lane === 0 ? stopsAt : offset));
    const state = await eventually(
      'the stage has told of the gap and done all else',
      async () => ({ notices: [...pipeline.notices], covered: await pipeline.coverage(1) }),
      ({ notices, covered }) =>
        notices.length > 0 && covered.every((to, lane) => to >= (wanted[lane] ?? 0)),
    );
    assert.deepEqual(state.covered, wanted);
    assert.equal(state.notices.length, 1);
    const missing = new RegExp(`lane 0 stopped: .*fixes ${stopsAt} … ${goesOnAt - 1} `);
    assert.match(state.notices[0] ?? '', missing);
  });

  it('goes on where its own output ends, even where no offset is committed', async (t) => {
    const pipeline = await PipelineUnderTest.start(fixture);
    t.after(() => pipeline.stop());
    await pipeline.startAll();
    await pipeline.send(drive(taxis, { from: 0, to: 20 }));
    await pipeline.untilPredicted();
    await pipeline.stopWorkers('stage-1-0');
    await pipeline.admin.deleteGroups([`${pipeline.name}.${pipeline.plan.name}.stage-1`]);
    await pipeline.send(drive(taxis, { from: 20, to: 40 }));
    await pipeline.untilCovered(0);
    await pipeline.startStage(1, 'stage-1-1');
    await pipeline.untilPredicted();
    for (let lane = 0; lane < pipeline.plan.lanes; lane += 1) {
      const windows = outline(await pipeline.batches(0, lane));
      assert.deepEqual(outline(await pipeline.batches(1, lane)), windows, `lane ${lane}`);
    }
    assertSound(await pipeline.verdict());
  });
});
