import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { positionsOutOfOrder } from '../../../src/observe/order.js';

function ascends(values: readonly number[]): boolean {
  return values.every((value, i) => i === 0 || value > (values[i - 1] ?? Infinity));
}

describe('positionsOutOfOrder', () => {
  it('names none of ascending numbers, whatever their gaps', () => {
    assert.deepEqual(positionsOutOfOrder([3, 4, 10, 11]), []);
    assert.deepEqual(positionsOutOfOrder([]), []);
  });

  it('names one of two neighbours that changed places', () => {
    assert.equal(positionsOutOfOrder([1, 2, 4, 3, 5]).length, 1);
  });

  it('names only the one that was moved far', () => {
    assert.deepEqual(positionsOutOfOrder([9, 1, 2, 3, 4, 5]), [0]);
    assert.deepEqual(positionsOutOfOrder([2, 3, 4, 5, 6, 1]), [5]);
  });

  it('names as few as possible, and what it leaves ascends: against all subsets', () => {
    const distinct = fc.uniqueArray(fc.integer({ min: 0, max: 50 }), { maxLength: 9 });
    fc.assert(
      fc.property(distinct, (values) => {
        let longest = 0;
        for (let subset = 0; subset < 1 << values.length; subset += 1) {
          const kept = values.filter((_, i) => (subset >> i) & 1);
          if (ascends(kept)) longest = Math.max(longest, kept.length);
        }
        const named = new Set(positionsOutOfOrder(values));
        assert.equal(named.size, values.length - longest);
        assert.ok(ascends(values.filter((_, i) => !named.has(i))));
      }),
      { numRuns: 60 },
    );
  });
});
