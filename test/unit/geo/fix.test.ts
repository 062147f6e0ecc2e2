import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { checkFix } from '../../../src/geo/fix.js';

const good = {
  vehicleId: 'taxi-1',
  eventTime: 1_709_478_000_000,
  latitude: 36.35,
  longitude: 127.38,
};

describe('checkFix', () => {
  it('takes the names of the Avro record', () => {
    const check = checkFix({ ...good, speed: 12.5, bearing: 360, accuracy: 0, source: 'gps' });
    assert.deepEqual(check, {
      ok: true,
      fix: {
        vehicleId: 'taxi-1',
        eventTimeMs: 1_709_478_000_000,
        latitude: 36.35,
        longitude: 127.38,
        speedMps: 12.5,
        bearingDeg: 360,
        accuracyM: 0,
        source: 'gps',
      },
    });
  });

  it('gives a fix that it has given again, unchanged', () => {
    const once = checkFix({ ...good, speed: 3, bearing: 0 });
    assert.ok(once.ok);
    assert.deepEqual(checkFix(once.fix), once);
  });

  it('takes an ISO 8601 time', () => {
    const check = checkFix({ ...good, eventTime: '2024-03-04T00:00:00+09:00' });
    assert.equal(check.ok && check.fix.eventTimeMs, 1_709_478_000_000);
  });

  it('leaves out optional fields that are null, and those it does not know', () => {
    const check = checkFix({ ...good, speed: null, bearing: null, source: null, fuel: 3 });
    assert.deepEqual(check.ok && Object.keys(check.fix), [
      'vehicleId',
      'eventTimeMs',
      'latitude',
      'longitude',
    ]);
  });

  it('takes the edges of the world', () => {
    for (const [latitude, longitude] of [
      [90, 180],
      [-90, -180],
      [0, 0],
    ]) {
      assert.ok(checkFix({ ...good, latitude, longitude }).ok);
    }
  });

  it('says COORDINATES_OUT_OF_RANGE beyond them', () => {
    for (const wrong of [
      { latitude: 90.000001 },
      { latitude: -91 },
      { longitude: 180.1 },
      { longitude: -1e300 },
    ]) {
      const check = checkFix({ ...good, ...wrong });
      assert.equal(!check.ok && check.code, 'COORDINATES_OUT_OF_RANGE');
    }
  });

  const invalid: Record<string, unknown> = {
    'no object': 'text',
    'an array': [good],
    null: null,
    'no vehicle': { ...good, vehicleId: undefined },
    'an empty vehicle id': { ...good, vehicleId: '' },
    'a number as vehicle id': { ...good, vehicleId: 7 },
    'coordinates as text': { ...good, latitude: '36.35' },
    'NaN as latitude': { ...good, latitude: NaN },
    'infinite longitude': { ...good, longitude: Infinity },
    'no time': { ...good, eventTime: undefined },
    'a time of 0': { ...good, eventTime: 0 },
    'a negative time': { ...good, eventTime: -5 },
    'half a millisecond': { ...good, eventTime: 1_709_478_000_000.5 },
    'a time beyond 2^53': { ...good, eventTime: 2 ** 53 },
    'a text that is no time': { ...good, eventTime: 'noon' },
    'a speed below 0': { ...good, speed: -1 },
    'a bearing over 360': { ...good, bearing: 361 },
    'NaN as accuracy': { ...good, accuracy: NaN },
    'a number as source': { ...good, source: 1 },
  };
  for (const [name, value] of Object.entries(invalid)) {
    it(`says INVALID_FIX for ${name}`, () => {
      const check = checkFix(value);
      assert.equal(!check.ok && check.code, 'INVALID_FIX');
    });
  }

  it('counts the bytes of a vehicle id, not its letters, up to 256', () => {
    // 가 has 3 bytes in UTF-8: 85 of them have 255.
    for (const vehicleId of ['x'.repeat(256), '가'.repeat(85), `${'가'.repeat(85)}x`]) {
      assert.ok(checkFix({ ...good, vehicleId }).ok);
    }
    for (const vehicleId of ['x'.repeat(257), '가'.repeat(86), 'x'.repeat(10_000)]) {
      const check = checkFix({ ...good, vehicleId });
      assert.equal(!check.ok && check.code, 'VEHICLE_ID_TOO_LONG');
      assert.ok(!check.ok && check.message.length < 250);
    }
  });

  it('never throws, and never lets a wrong value through', () => {
    fc.assert(
      fc.property(
        fc.record(
          {
            vehicleId: fc.anything(),
            eventTime: fc.anything(),
            latitude: fc.oneof(fc.double(), fc.anything()),
            longitude: fc.oneof(fc.double(), fc.anything()),
            speed: fc.anything(),
          },
          { requiredKeys: [] },
        ),
        (value) => {
          const check = checkFix(value);
          if (!check.ok) return;
          assert.ok(Math.abs(check.fix.latitude) <= 90 && Math.abs(check.fix.longitude) <= 180);
          assert.ok(Number.isSafeInteger(check.fix.eventTimeMs));
        },
      ),
    );
  });
});
