import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { growthOf } from '../../../bench/soak/growth.js';

const hourMs = 3_600_000;

describe('the growth of a soak', () => {
  it('is that of the straight line, and without an error where the values lie on it', () => {
    const values = [0, 1, 2, 3].map((hour) => ({ timeMs: hour * hourMs, value: 100 + 5 * hour }));
    const growth = growthOf(values);
    assert(growth !== null);
    assert(Math.abs(growth.perHour - 5) < 1e-9);
    assert(growth.error < 1e-9);
  });

  it('has the standard error that follows from what is left beside the line', () => {
    // By hand: the line is 1.1 x + 1.1, 2.7 is left in squares, and the hours' own squares are 5:
    // √(2.7 / (4 − 2) / 5) = 0.5196152.
    const values = [1, 3, 2, 5].map((value, hour) => ({ timeMs: hour * hourMs, value }));
    const growth = growthOf(values);
    assert(growth !== null);
    assert(Math.abs(growth.perHour - 1.1) < 1e-9);
    assert(Math.abs(growth.error - 0.5196152) < 1e-6);
  });

  it('is not told of two values', () => {
    assert.equal(growthOf([1, 2].map((value) => ({ timeMs: value, value }))), null);
  });
});
