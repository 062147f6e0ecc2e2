import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { LaneRecord } from '../../../src/broker/lane-record.js';
import type { GeoFix } from '../../../src/geo/fix.js';
import { VehicleMap } from '../../../src/geo/windows.js';
import { Windower, type WindowerStep } from '../../../src/producer/windower.js';
import { decodeDeadLetter, encodeDeadLetter } from '../../../src/wire/dead-letter.js';
import { encodeGeoFix } from '../../../src/wire/geo-fix.js';
import { encodeTensorBatch } from '../../../src/wire/tensor-batch.js';
import { aBatch } from '../batch-fixture.js';
import { minute, rowOfCells as grid, startMs } from './row-of-cells.js';

const rules = {
  steps: 3,
  tripGapMs: 10 * minute,
  maxSpeedKmh: 250,
  maxFutureMs: 5 * minute,
  memoryMs: 60 * minute,
};

function newWindower(): Windower {
  const vehicles = new VehicleMap(grid, rules);
  return new Windower({ topic: 'taxi.fixes', vehicles, steps: 3, cellCount: 9 });
}

/** Taxi 1 in the middle of a cell, a minute an offset after the start. */
function fixIn(cell: number, offset: number): GeoFix {
  const eventTimeMs = startMs + offset * minute;
  return { vehicleId: 'taxi-1', eventTimeMs, latitude: 36.495, longitude: 126.995 + cell / 100 };
}

/** A record of lane 3 that came in as soon as it could. */
function aRecord(offset: number, cares: Partial<LaneRecord>): LaneRecord {
  const timestampMs = startMs + offset * minute;
  return {
    lane: 3,
    offset,
    timestampMs,
    key: Buffer.from('taxi-1'),
    value: null,
    headers: {},
    ...cares,
  };
}

function avroRecord(offset: number, fix: GeoFix): LaneRecord {
  return aRecord(offset, { key: Buffer.from(fix.vehicleId), value: encodeGeoFix(fix) });
}

function jsonValue(fields: unknown): Buffer {
  return Buffer.from(JSON.stringify(fields));
}

function windowsOf({ items }: WindowerStep): unknown {
  return items.map(({ header, window }) => [header.offset, [...window]]);
}

describe('Windower', () => {
  it('gives an item for each cell that a vehicle enters, from Avro and JSON alike', () => {
    const { vehicleId, eventTimeMs, latitude, longitude } = fixIn(2, 1);
    const json = { vehicleId, eventTime: eventTimeMs, latitude, longitude, colour: 'black' };
    const step = newWindower().step([
      { ...avroRecord(0, fixIn(1, 0)), timestampMs: startMs + 20 },
      aRecord(1, { value: jsonValue(json) }),
      avroRecord(2, fixIn(2, 2)),
      avroRecord(3, { ...fixIn(7, 3), vehicleId: '대전30바1234' }),
    ]);
    assert.deepEqual(windowsOf(step), [
      [0, [0, 0, 1]],
      [1, [0, 1, 2]],
      [3, [0, 0, 7]],
    ]);
    assert.deepEqual(step.items[0]?.header, {
      offset: 0,
      key: 'taxi-1',
      eventTimeMs: startMs,
      ingestTimeMs: startMs + 20,
      failure: null,
      replay: null,
    });
    assert.equal(step.items[2]?.header.key, '대전30바1234');
    assert.deepEqual([step.deadLetters, step.keyless], [[], []]);
  });

  it('takes a place outside the grid as cell 0', () => {
    const outside = { ...fixIn(1, 1), latitude: 36.501 };
    const step = newWindower().step([avroRecord(0, fixIn(1, 0)), avroRecord(1, outside)]);
    assert.deepEqual(windowsOf(step), [
      [0, [0, 0, 1]],
      [1, [0, 1, 0]],
    ]);
  });

  it('gives the same items however the records of the lane are grouped', () => {
    const cells = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 30 });
    const cuts = fc.array(fc.nat({ max: 30 }), { maxLength: 5 });
    fc.assert(
      fc.property(cells, cuts, (visited, at) => {
        const records = visited.map((cell, offset) => avroRecord(offset, fixIn(cell, offset)));
        const bounds = [0, ...at.sort((a, b) => a - b), records.length];
        const windower = newWindower();
        const steps = bounds.slice(1).map((to, group) => {
          return windower.step(records.slice(bounds[group], to));
        });
        const whole = newWindower().step(records);
        assert.deepEqual(
          steps.flatMap(({ items }) => items),
          whole.items,
        );
      }),
    );
  });
});

describe('a fix without a key', () => {
  const { vehicleId, eventTimeMs, latitude, longitude } = fixIn(1, 0);
  const json = jsonValue({ vehicleId, eventTime: eventTimeMs, latitude, longitude });

  for (const [what, key] of [
    ['no key', null],
    ['an empty key', Buffer.alloc(0)],
  ] as const) {
    it(`in JSON with ${what} is handed on to its vehicle's lane, and is no item here`, () => {
      const record = aRecord(0, { key, value: json });
      assert.deepEqual(newWindower().step([record]), {
        items: [],
        deadLetters: [],
        keyless: [{ vehicleId: 'taxi-1', value: json, record }],
      });
    });
  }

  it('in JSON is handed on however much white space stands before it', () => {
    const value = Buffer.concat([Buffer.alloc(500, ' \n'), json]);
    const record = aRecord(0, { key: null, value });
    const { keyless } = newWindower().step([record]);
    assert.deepEqual(keyless, [{ vehicleId: 'taxi-1', value, record }]);
  });

  it('is not handed on where it is no valid fix', () => {
    const value = jsonValue({ vehicleId });
    const { keyless, deadLetters } = newWindower().step([aRecord(0, { key: null, value })]);
    assert.deepEqual(keyless, []);
    assert.deepEqual(
      deadLetters.map(({ code }) => code),
      ['INVALID_FIX'],
    );
  });
});

/** What stands between two good fixes of taxi 1, at offset 1; by hand, and why it is bad. */
const badInput: readonly (readonly [string, string, Partial<LaneRecord>])[] = [
  ['UNKNOWN_FORMAT', 'bytes that nobody knows', { value: Buffer.from('ff00ff00', 'hex') }],
  ['UNKNOWN_FORMAT', 'an empty value', { value: Buffer.alloc(0) }],
  ['UNKNOWN_FORMAT', 'no value', { value: null }],
  [
    'UNKNOWN_FINGERPRINT',
    'a schema that nobody knows',
    { value: Buffer.from('c3010102030405060708aabb', 'hex') },
  ],
  [
    'UNKNOWN_FINGERPRINT',
    'the id of a registry that is not configured',
    { value: Buffer.from('0000000007aabb', 'hex') },
  ],
  ['WRONG_SCHEMA', 'a record of another kind', { value: encodeTensorBatch(aBatch({})) }],
  ['INVALID_RECORD', 'a record cut short', { value: encodeGeoFix(fixIn(2, 1)).subarray(0, 20) }],
  ['INVALID_RECORD', 'a broken line of JSON', { value: Buffer.from('{"vehicleId": "taxi-1"') }],
  ['MISSING_KEY', 'Avro without a key', { key: null, value: encodeGeoFix(fixIn(2, 1)) }],
  [
    'KEY_MISMATCH',
    "another vehicle's key",
    { key: Buffer.from('taxi-2'), value: encodeGeoFix(fixIn(2, 1)) },
  ],
  ['INVALID_FIX', 'no position', { value: jsonValue({ vehicleId: 'taxi-1', eventTime: startMs }) }],
  [
    'INVALID_FIX',
    'a latitude in words',
    { value: jsonValue({ ...fixIn(2, 1), latitude: 'thirty-six' }) },
  ],
  [
    'INVALID_FIX',
    'a longitude that is not a number',
    { value: encodeGeoFix({ ...fixIn(2, 1), longitude: NaN }) },
  ],
  [
    'COORDINATES_OUT_OF_RANGE',
    'a latitude of 90.1',
    { value: encodeGeoFix({ ...fixIn(2, 1), latitude: 90.1 }) },
  ],
  [
    'COORDINATES_OUT_OF_RANGE',
    'a longitude of -180.1',
    { value: jsonValue({ ...fixIn(2, 1), longitude: -180.1 }) },
  ],
  [
    'VEHICLE_ID_TOO_LONG',
    'a vehicle id of 10 kB',
    {
      key: Buffer.alloc(10_000, 'x'),
      value: encodeGeoFix({ ...fixIn(2, 1), vehicleId: 'x'.repeat(10_000) }),
    },
  ],
  [
    'FIX_IN_FUTURE',
    'a time more than five minutes ahead',
    { value: encodeGeoFix({ ...fixIn(2, 1), eventTimeMs: startMs + 6 * minute + 1 }) },
  ],
  [
    'FIX_TOO_LATE',
    'a time before the last cell',
    { value: encodeGeoFix({ ...fixIn(2, 1), eventTimeMs: startMs - 1 }) },
  ],
  [
    'FIX_NOT_PLAUSIBLE',
    // 6 cells of 0.9 km in 60 s are over 300 km/h.
    'a jump that no taxi makes',
    { value: encodeGeoFix(fixIn(8, 1)) },
  ],
];

describe('bad input', () => {
  for (const [code, what, cares] of badInput) {
    it(`${code}: ${what} goes to the dead letters, and its neighbours go on`, () => {
      const headers = { trace: Buffer.of(1, 2) };
      const bad = { ...aRecord(1, cares), headers };
      const before = avroRecord(0, fixIn(1, 0));
      const step = newWindower().step([before, bad, avroRecord(2, fixIn(2, 2))]);
      assert.deepEqual(windowsOf(step), [
        [0, [0, 0, 1]],
        [2, [0, 1, 2]],
      ]);
      assert.deepEqual(step.keyless, []);
      const [letter, ...others] = step.deadLetters;
      assert.ok(letter);
      assert.deepEqual(others, []);
      assert.ok(letter.message.length > 20 && letter.message.length < 400, letter.message);
      assert.deepEqual(letter, {
        topic: 'taxi.fixes',
        lane: 3,
        offset: 1,
        item: null,
        code,
        message: letter.message,
        timeMs: startMs + minute,
        key: bad.key,
        value: bad.value,
        headers,
        truncatedFromBytes: null,
      });
      assert.deepEqual(decodeDeadLetter(encodeDeadLetter(letter)), letter);
    });
  }
});
