import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { readDeadLetters } from '../../src/broker/dead-letter-log.js';
import { laneOf } from '../../src/broker/lane-of.js';
import { openFencingProducer } from '../../src/broker/transactional-producer.js';
import type { GeoFix } from '../../src/geo/fix.js';
import { feedLines } from '../../src/producer/feed-lines.js';
import {
  replayDeadLetters,
  type ReplayOptions,
  type ReplayReport,
} from '../../src/producer/replay/replay-letters.js';
import type { RowModel } from '../../src/stage/stage-logic.js';
import { encodeGeoFix } from '../../src/wire/geo-fix.js';
import type { Prediction } from '../../src/wire/prediction.js';
import { replayOfHeader } from '../../src/wire/replay-mark.js';
import { writeAsForeigner } from './foreign-producer.js';
import { startKafka, type KafkaFixture } from './kafka-fixture.js';
import { PipelineUnderTest } from './pipeline-under-test.js';
import { drive, smallCity, steps } from './small-city.js';
import { assertSound } from './sound.js';

const taxis = ['taxi-0', 'taxi-1', 'taxi-2'];
const lanes = 2;
const startMs = Date.parse('2024-03-04T07:00:00+09:00');

/** A sub-model that refuses every item, but zeros. */
const broken = (model: RowModel): RowModel => ({
  ...{ inputs: model.inputs, outputs: model.outputs, keeps: model.keeps },
  run(inputs) {
    if (inputs.some(({ data }) => data.some((value) => value !== 0))) throw new Error('broken');
    return model.run(inputs);
  },
});

const busFix = (vehicleId: string): GeoFix => ({
  ...{ vehicleId, eventTimeMs: startMs },
  ...smallCity.centreOf(9),
});

const byOffset = (a: Prediction, b: Prediction) => a.lane - b.lane || a.offset - b.offset;

/** What the windower made of the fixes of a lane, by their offsets. */
async function windowsIn(pipeline: PipelineUnderTest, lane: number) {
  const windows = (await pipeline.batches(0, lane)).flatMap(({ items, tensors }) => {
    const { data } = tensors.find(({ name }) => name === 'cells') ?? { data: [] };
    return items.map((item, row) => {
      return { ...item, cells: [...data.slice(row * steps, (row + 1) * steps)] };
    });
  });
  return new Map(windows.map((window) => [window.offset, window]));
}

describe('dead letters that are replayed', () => {
  let fixture: KafkaFixture;
  let pipeline: PipelineUnderTest;

  before(async () => {
    fixture = await startKafka();
    pipeline = await PipelineUnderTest.start(fixture, { lanes });
    await Promise.all([pipeline.startWindower(), pipeline.startStage(2), pipeline.startSink()]);
  });
  after(async () => {
    await pipeline.stop();
    await fixture.stop();
  });

  function replay(options: Partial<ReplayOptions> = {}): Promise<ReplayReport> {
    return replayDeadLetters(pipeline, {
      ...{ plan: pipeline.plan, windowsOf: new Set([pipeline.plan.name]) },
      ...{ filter: {}, repairs: null, force: false, dryRun: false },
      ...options,
    });
  }

  const replayed = async () =>
    (await pipeline.predictions()).filter(({ replayOf }) => replayOf !== null).sort(byOffset);

  /** An Avro fix without a key, in its vehicle's lane: a dead letter that may pass as it is. */
  const writeKeyless = (vehicleId: string) =>
    writeAsForeigner(pipeline.kafka, pipeline.topics.fixes, {
      ...{ partition: laneOf(vehicleId, lanes), key: null },
      value: encodeGeoFix(busFix(vehicleId)),
    });

  it('are, where a stage gave an item up, the same windows again, though their vehicles went on', async () => {
    await pipeline.startStage(1, 'stage-1-broken', broken);
    await pipeline.send(drive(taxis, { from: 0, to: 4 }));
    await pipeline.untilPredicted();
    await pipeline.stopWorkers('stage-1-broken', 'stage-2-0');
    await Promise.all([pipeline.startStage(1), pipeline.startStage(2, 'stage-2-broken', broken)]);
    await pipeline.send(drive(taxis, { from: 4, to: 8 }));
    await pipeline.untilPredicted();
    await pipeline.stopWorkers('stage-2-broken');
    await pipeline.startStage(2);
    await pipeline.send(drive(taxis, { from: 8, to: 12 }));
    await pipeline.untilPredicted();
    const letters = await pipeline.deadLetters();
    assert.equal(letters.length, 4 * taxis.length);
    assert.equal(new Set(letters.map(({ topic }) => topic)).size, 2, 'of both stages');

    const dry = await replay({ dryRun: true });
    assert.equal(dry.sent.length, letters.length);
    assert.deepEqual(await replayed(), [], 'a dry run sends nothing');
    const report = await replay();
    assert.equal(report.sent.length, letters.length);
    assert.deepEqual([report.refused, report.before, report.unknown], [[], [], []]);
    await pipeline.untilPredicted();

    const marks = (await replayed()).map(({ lane, replayOf }) => `${lane}/${replayOf}`);
    assert.deepEqual(marks.sort(), letters.map(({ lane, item }) => `${lane}/${item}`).sort());
    for (let lane = 0; lane < lanes; lane += 1) {
      const windows = await windowsIn(pipeline, lane);
      for (const { key, eventTimeMs, replay: mark, cells } of windows.values()) {
        if (mark === null) continue;
        const original = windows.get(mark.of);
        const once = original && [original.key, original.eventTimeMs, original.cells];
        assert.deepEqual([key, eventTimeMs, cells], once, 'the very window that it had');
      }
    }
    assertSound(await pipeline.verdict());
  });

  it('are left alone the second time, and leave their vehicles’ windows alone, in a new windower too', async () => {
    const before = (await replayed()).length;
    const again = await replay();
    assert.deepEqual([again.sent.length, again.before.length], [0, before]);
    await pipeline.stopWorkers('windower-0');
    await pipeline.startWindower();
    await pipeline.send(drive(taxis, { from: 12, to: 18 }));
    await pipeline.untilPredicted();
    assert.equal((await replayed()).length, before);
    assertSound(await pipeline.verdict());
  });

  it('are, as fixes, ruled on as any other: what would fail again is refused, with the reason', async () => {
    await writeKeyless('bus-keyless');
    const [late] = [...drive(taxis, { from: 0, to: 1 })];
    assert(late !== undefined);
    await pipeline.send([late, { ...busFix('bus-north'), latitude: 91 }]);
    const chunks = ['{"vehicleId":"bus-fed","eventTime":"yesterday"}\n'];
    await feedLines(
      (async function* () {
        yield* await Promise.resolve(chunks);
      })(),
      {
        ...{ writer: pipeline.writer, topics: pipeline.topics, lanes },
        ...{ source: 'a test', onBadLine: () => undefined },
      },
    );
    await pipeline.untilPredicted();

    const report = await replay();
    assert.deepEqual(
      report.sent.map(({ letter }) => letter.code),
      ['MISSING_KEY'],
    );
    assert.deepEqual(report.refused.map(({ letter }) => letter.letter.code).sort(), [
      'COORDINATES_OUT_OF_RANGE',
      'FIX_TOO_LATE',
      'INVALID_FIX',
    ]);
    await pipeline.untilPredicted();
    const [keyless] = (await replayed()).filter(({ vehicleId }) => vehicleId === 'bus-keyless');
    const origin = report.sent[0]?.letter.offset;
    assert.equal(keyless?.replayOf, origin);

    const forced = await replay({ force: true, filter: { code: 'FIX_TOO_LATE' } });
    assert.equal(forced.sent.length, 1);
    await pipeline.untilPredicted();
    const tooLate = (await readDeadLetters(pipeline.laneLog, pipeline.topics.deadLetter)).filter(
      ({ letter }) => letter.code === 'FIX_TOO_LATE',
    );
    assert.deepEqual(
      tooLate.map(({ replayedMs }) => replayedMs !== null),
      [true, false],
      'one that fails again is a new letter, and can be replayed in turn',
    );
    assert.equal(
      tooLate[1]?.letter.headers[replayOfHeader]?.toString(),
      tooLate[0]?.id,
      'which says of what',
    );
  });

  it('may be repaired: another fix goes in their place', async () => {
    const all = await readDeadLetters(pipeline.laneLog, pipeline.topics.deadLetter);
    const wrong = all.filter(({ letter }) =>
      ['COORDINATES_OUT_OF_RANGE', 'INVALID_FIX'].includes(letter.code),
    );
    const repairs = new Map(wrong.map(({ id }, number) => [id, busFix(`bus-mended-${number}`)]));
    const report = await replay({ repairs: new Map([...repairs, ['x/0/1', busFix('bus-x')]]) });
    assert.deepEqual([report.sent.length, report.unknown], [2, ['x/0/1']]);
    await pipeline.untilPredicted();
    const mended = (await replayed()).filter(({ vehicleId }) => vehicleId.startsWith('bus-m'));
    assert.equal(mended.length, 2);
    assert(
      mended.some(({ replayOf }) => replayOf === -1),
      'the line of a feed had no offset',
    );
    assertSound(await pipeline.verdict());
  });

  it('are sent once, whatever a replay that died had begun, and by however many at a time', async () => {
    const buses = ['bus-a', 'bus-b', 'bus-c', 'bus-d'];
    for (const id of buses) await writeKeyless(id);
    await pipeline.untilPredicted();
    const { topics, client, log } = pipeline;
    const { sent } = await replay({ dryRun: true, filter: { code: 'MISSING_KEY' } });
    assert.equal(sent.length, buses.length);
    const died = await openFencingProducer(client, `${pipeline.name}.dead-letters.replay`, log);
    const open = await died.transaction();
    for (const { id, letter, lane } of sent) {
      const headers = { [replayOfHeader]: id };
      const fix = { partition: lane, key: 'bus', value: letter.value, headers };
      await open.send({ topic: topics.fixes, messages: [fix] });
      const marker = { partition: lane, key: null, value: null, headers };
      await open.send({ topic: topics.deadLetter, messages: [marker] });
    }
    const filter = { code: 'MISSING_KEY' };
    const both = await Promise.allSettled([replay({ filter }), replay({ filter })]);
    assert(both.some(({ status }) => status === 'fulfilled'));
    const rest = await replay({ filter });
    assert.deepEqual(rest.refused, []);
    await died.disconnect();
    await pipeline.untilPredicted();
    const predicted = (await replayed()).filter(({ vehicleId }) => buses.includes(vehicleId));
    assert.deepEqual(predicted.map(({ vehicleId }) => vehicleId).sort(), buses);
    assert.equal((await replay({ filter })).sent.length, 0);
    assertSound(await pipeline.verdict());
  });
});
