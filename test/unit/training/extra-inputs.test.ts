import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { extraInput, halfHourIn, withExtraInputs } from '../../../src/cli/training/extra-inputs.js';

describe('inputs beside the cells', () => {
  it('have the local half-hour, apart for weekdays, Saturdays and Sundays', () => {
    const half = halfHourIn('America/Los_Angeles');
    // Counted by hand: 17:10 UTC is 10:10 in summer; the first half-hour of each kind of day is 1, 49, 97.
    assert.equal(half(Date.parse('2008-05-28T17:10:00Z')), 1 + 20);
    assert.equal(half(Date.parse('2008-05-31T17:40:00Z')), 49 + 21);
    assert.equal(half(Date.parse('2008-06-01T07:00:00Z')), 97);
    // In winter the same clock is an hour later in UTC.
    assert.equal(half(Date.parse('2008-12-01T18:10:00Z')), 1 + 20);
  });

  it('have the gap since the cell before, and none at the start of a run', () => {
    const runs = {
      cells: Int32Array.of(1, 2, 3, 4, 5),
      starts: Int32Array.of(0, 3, 5),
      timesMs: Float64Array.of(0, 9_000, 20_000, 21_000, 900_000),
      entries: Int32Array.of(1, 2 + 256 * 3, 3, 4, 5 + 65_536 * 7),
      vehicles: Int32Array.of(0, 0),
    };
    const { extras = [] } = withExtraInputs(runs, ['gap', 'place', 'heading', 'speed'], 'UTC');
    assert.deepEqual([...(extras[0] ?? [])], [0, 1, 2, 0, 16]);
    assert.equal(extraInput('gap').size, 17);
    assert.deepEqual([...(extras[1] ?? [])], [1, 2, 3, 4, 5]);
    assert.deepEqual([...(extras[2] ?? [])], [0, 3, 0, 0, 0]);
    assert.deepEqual([...(extras[3] ?? [])], [0, 0, 0, 0, 7]);
  });
});
