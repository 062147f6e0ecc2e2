import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Message } from '../../src/broker/kafka-client.js';
import { laneOf } from '../../src/broker/lane-of.js';
import type { GeoFix } from '../../src/geo/fix.js';
import type { DeadLetter } from '../../src/wire/dead-letter.js';
import { singleObjectHeader, toConfluentFraming } from '../../src/wire/framing.js';
import { encodeGeoFix } from '../../src/wire/geo-fix.js';
import { encodeWorkerReport } from '../../src/wire/worker-report.js';
import { eventually } from './eventually.js';
import { writeAsForeigner } from './foreign-producer.js';
import { startKafka, type KafkaFixture } from './kafka-fixture.js';
import { PipelineUnderTest } from './pipeline-under-test.js';
import { drive, smallCity } from './small-city.js';
import { assertSound } from './sound.js';
import { laneContents } from './topic-contents.js';

/** A vehicle that has just entered a cell, when something bad comes. */
const victim: GeoFix = {
  vehicleId: 'taxi-victim',
  eventTimeMs: Date.parse('2024-03-04T07:00:00+09:00'),
  ...smallCity.centreOf(1),
};
const minuteMs = 60_000;

const json = (fields: object): Buffer => Buffer.from(JSON.stringify(fields));

/** A GeoFix as JSON has it, with some fields changed. */
function jsonFix(changed: object): Buffer {
  const { vehicleId, eventTimeMs, latitude, longitude } = victim;
  const eventTime = eventTimeMs + minuteMs;
  return json({ vehicleId, eventTime, latitude, longitude, ...changed });
}

const avroFix = (changed: Partial<GeoFix>): Buffer =>
  encodeGeoFix({ ...victim, eventTimeMs: victim.eventTimeMs + minuteMs, ...changed });

interface BadRecord {
  readonly what: string;
  readonly code: string;
  readonly value: Buffer | null;
  /** The victim's id where none is given. */
  readonly key?: string | null;
}

const longId = 'x'.repeat(10_000);

const badRecords: readonly BadRecord[] = [
  { what: 'bytes that are no record', code: 'UNKNOWN_FORMAT', value: Buffer.from('hello') },
  { what: 'an empty value', code: 'UNKNOWN_FORMAT', value: Buffer.alloc(0) },
  { what: 'a tombstone', code: 'UNKNOWN_FORMAT', value: null },
  {
    what: 'a fingerprint that nobody knows',
    code: 'UNKNOWN_FINGERPRINT',
    value: Buffer.concat([singleObjectHeader(0x0123_4567_89ab_cdefn), Buffer.alloc(40)]),
  },
  {
    what: 'a registry’s framing without a registry',
    code: 'UNKNOWN_FINGERPRINT',
    value: toConfluentFraming(avroFix({}), 77),
  },
  {
    what: 'a record of another kind',
    code: 'WRONG_SCHEMA',
    value: encodeWorkerReport({
      ...{ worker: 'w', role: 'sink', stage: 0, plan: 'p1', pid: 1, timeMs: 1, startedAtMs: 1 },
      ...{ lanes: [], lag: 0, items: 0, records: 0, deadLetters: 0, batchItems: 0 },
      ...{ inferenceMs: 0, decodeMs: 0, encodeMs: 0, payloadBytes: 0, rssBytes: 0, coveredTo: [] },
      quality: [],
    }),
  },
  { what: 'a fix cut off', code: 'INVALID_RECORD', value: avroFix({}).subarray(0, 20) },
  { what: 'half a JSON object', code: 'INVALID_RECORD', value: jsonFix({}).subarray(0, 30) },
  { what: 'a missing key', code: 'MISSING_KEY', value: avroFix({}), key: null },
  { what: 'a key of another vehicle', code: 'KEY_MISMATCH', value: jsonFix({ vehicleId: 'bus' }) },
  { what: 'a latitude of 91°', code: 'COORDINATES_OUT_OF_RANGE', value: avroFix({ latitude: 91 }) },
  {
    what: 'a longitude of −181°',
    code: 'COORDINATES_OUT_OF_RANGE',
    value: jsonFix({ longitude: -181 }),
  },
  { what: 'a latitude that is NaN', code: 'INVALID_FIX', value: avroFix({ latitude: NaN }) },
  { what: 'a longitude that is text', code: 'INVALID_FIX', value: jsonFix({ longitude: 'east' }) },
  { what: 'no time', code: 'INVALID_FIX', value: jsonFix({ eventTime: undefined }) },
  {
    what: 'a time an hour ahead of the broker’s',
    code: 'FIX_IN_FUTURE',
    value: avroFix({ eventTimeMs: Date.now() + 60 * minuteMs }),
  },
  {
    what: 'a time before the vehicle’s last cell',
    code: 'FIX_TOO_LATE',
    value: avroFix({ eventTimeMs: victim.eventTimeMs - 1 }),
  },
  {
    what: 'a place 100 km away a minute later',
    code: 'FIX_NOT_PLAUSIBLE',
    value: avroFix({ latitude: victim.latitude + 0.9 }),
  },
  {
    what: 'a vehicle id of 10 kB',
    code: 'VEHICLE_ID_TOO_LONG',
    value: jsonFix({ vehicleId: longId }),
    key: longId,
  },
];

/** Fixes that enter a new cell each, of a vehicle in the victim's lane. */
function* neighbour(lane: number, lanes: number): Generator<GeoFix, void> {
  const ids = Array.from({ length: 100 }, (_, number) => `neighbour-${number}`);
  const id = ids.find((candidate) => laneOf(candidate, lanes) === lane) ?? '';
  for (const [number, fix] of [...drive([id], { from: 0, to: 200 })].entries()) {
    if (number % 2 === 0) yield fix;
  }
}

describe('bad input', () => {
  let fixture: KafkaFixture;
  let pipeline: PipelineUnderTest;
  const lanes = 2;
  const lane = laneOf(victim.vehicleId, lanes);
  /** Offset of each bad record in the victim's lane, and of each good one. */
  const badOffsets: number[] = [];
  const goodOffsets: number[] = [];
  let letters: Map<number, DeadLetter>;

  const write = (record: Message) =>
    writeAsForeigner(pipeline.kafka, pipeline.topics.fixes, record);

  before(async () => {
    fixture = await startKafka();
    pipeline = await PipelineUnderTest.start(fixture, { lanes, cuts: [] });
    const neighbours = neighbour(lane, lanes);
    let offset = 0;
    const writeToLane = async (record: { key: string | null; value: Buffer | null }) => {
      const headers = { origin: 'a test' };
      await write({ ...record, partition: lane, headers });
      offset += 1;
      return offset - 1;
    };
    const writeNeighbour = async () => {
      const next = neighbours.next();
      assert(next.done !== true);
      const { vehicleId: key } = next.value;
      goodOffsets.push(await writeToLane({ key, value: encodeGeoFix(next.value) }));
    };
    goodOffsets.push(await writeToLane({ key: victim.vehicleId, value: encodeGeoFix(victim) }));
    await writeNeighbour();
    for (const { key, value } of badRecords) {
      badOffsets.push(
        await writeToLane({ key: key === undefined ? victim.vehicleId : key, value }),
      );
      await writeNeighbour();
    }
    await pipeline.startAll();
    await pipeline.untilPredicted();
    letters = new Map((await pipeline.deadLetters()).map((letter) => [letter.offset, letter]));
  });

  after(async () => {
    await pipeline.stop();
    await fixture.stop();
  });

  for (const [number, { what, code, key, value }] of badRecords.entries()) {
    it(`of the kind "${what}" gives a dead letter ${code}, with its origin and what it was`, () => {
      const letter = letters.get(badOffsets[number] ?? -1);
      assert(letter !== undefined, 'there is a dead letter');
      assert.equal(letter.code, code, letter.message);
      assert.equal(letter.topic, pipeline.topics.fixes);
      assert.equal(letter.lane, lane);
      assert.equal(letter.item, null);
      assert.deepEqual(letter.value, value);
      assert.deepEqual(letter.headers, { origin: Buffer.from('a test') });
      const wanted = key === undefined ? victim.vehicleId : key;
      assert.equal(letter.key?.toString() ?? null, wanted);
      assert(letter.message.length > 10);
    });
  }

  it('gives no other dead letters, in the lane that it came in, with headers for other tools', async () => {
    assert.deepEqual([...letters.keys()], badOffsets);
    const topic = pipeline.topics.deadLetter;
    const records = await laneContents(pipeline.laneLog, lane, { topic });
    assert.equal(records.length, badRecords.length);
    for (const [number, { headers }] of records.entries()) {
      const text = (name: string) => headers[name]?.toString();
      assert.equal(text('__streams.errors.topic'), pipeline.topics.fixes);
      assert.equal(text('__streams.errors.partition'), String(lane));
      assert.equal(text('__streams.errors.offset'), String(badOffsets[number]));
      assert.equal(text('__stagecoach.errors.code'), badRecords[number]?.code);
    }
  });

  it('is counted', async () => {
    await eventually(
      'the windower reports as many dead letters',
      async () => (await pipeline.reports()).get('windower-0')?.deadLetters,
      (count) => count === badRecords.length,
    );
  });

  it('does no harm to the fixes around it', async () => {
    const predicted = (await pipeline.predictions()).map(({ offset }) => offset);
    assert.deepEqual(predicted, goodOffsets);
    assertSound(await pipeline.verdict());
  });

  it('outside of the grid is none: the fix is in cell 0 and gets a prediction', async () => {
    const away: GeoFix = { ...victim, vehicleId: 'taxi-abroad', latitude: 35.1, longitude: 129.0 };
    await pipeline.send([away]);
    await pipeline.untilPredicted();
    const [prediction] = (await pipeline.predictions()).filter(
      ({ vehicleId }) => vehicleId === away.vehicleId,
    );
    assert.equal(prediction?.cell, 0);
  });

  it('does not count a JSON line without a key, as kafka-console-producer sends it', async () => {
    const id = 'typed-by-hand';
    const home = laneOf(id, lanes);
    const before = (await pipeline.deadLetters()).length;
    await write({ partition: 1 - home, key: null, value: jsonFix({ vehicleId: id }) });
    const found = await eventually(
      'it is predicted',
      async () => (await pipeline.predictions()).filter(({ vehicleId }) => vehicleId === id),
      (predictions) => predictions.length > 0,
    );
    assert.equal(found.length, 1);
    assert.equal(found[0]?.lane, home, 'in its vehicle’s own lane');
    assert.equal((await pipeline.deadLetters()).length, before);
  });

  it('larger than the broker takes goes to the dead letters, cut, and the rest is sent', async () => {
    const source = 'x'.repeat(9 * 1024 * 1024);
    const [small, other] = [...drive(['taxi-small', 'taxi-other'], { from: 0, to: 1 })];
    assert(small !== undefined && other !== undefined);
    const large = { ...small, vehicleId: 'taxi-large', source };
    await pipeline.send([small, large, other]);
    await pipeline.untilPredicted();
    const [letter, ...more] = (await pipeline.deadLetters()).filter(
      ({ code }) => code === 'RECORD_TOO_LARGE',
    );
    assert.equal(more.length, 0);
    assert.equal(letter?.topic, pipeline.topics.fixes);
    assert.equal(letter.offset, -1, 'it never got an offset');
    assert.equal(letter.lane, laneOf(large.vehicleId, lanes));
    assert.equal(letter.key?.toString(), large.vehicleId);
    const bytes = encodeGeoFix(large);
    assert.equal(letter.truncatedFromBytes, bytes.byteLength);
    assert(letter.value !== null && letter.value.byteLength <= 1024 * 1024);
    assert.deepEqual(letter.value, bytes.subarray(0, letter.value.byteLength));
    const predicted = (await pipeline.predictions()).map(({ vehicleId }) => vehicleId);
    assert(predicted.includes('taxi-small') && predicted.includes('taxi-other'));
  });
});
