import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseIsoTimeMs } from '../../../src/geo/time.js';

describe('parseIsoTimeMs', () => {
  // Expected values by GNU date: date -u -d TEXT +%s
  for (const [text, expectedMs] of [
    ['2024-03-04T00:00:00+09:00', 1_709_478_000_000],
    ['2024-03-03T15:00:00Z', 1_709_478_000_000],
    ['2024-03-03 15:00:00.25', 1_709_478_000_250],
    ['2024-03-03T15:00', 1_709_478_000_000],
    ['2024-03-03T15:00:00.123456789z', 1_709_478_000_123],
    ['2024-03-04T00:00:00+0900', 1_709_478_000_000],
    ['2024-03-04T00:00:00,5+09', 1_709_478_000_500],
    ['2024-03-03T10:30:00-04:30', 1_709_478_000_000],
    ['1969-12-31T23:59:59Z', -1_000],
  ] as const) {
    it(`reads ${text}`, () => {
      assert.equal(parseIsoTimeMs(text), expectedMs);
    });
  }

  for (const text of [
    '',
    '2024-03-04',
    '1709478000',
    'yesterday',
    '2024-13-01T00:00:00Z',
    '04/03/2024 10:00',
  ]) {
    it(`doesn't take ${JSON.stringify(text)} for a time`, () => {
      assert.ok(Number.isNaN(parseIsoTimeMs(text)));
    });
  }
});
