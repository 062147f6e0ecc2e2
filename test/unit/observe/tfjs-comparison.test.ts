import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addComparisons } from '../../../src/observe/tfjs-comparison.js';

describe('comparisons with tfjs-layers', () => {
  it('add up: all windows, and the largest of the differences', () => {
    const parts = [
      { windows: 3, largest: 1e-7 },
      { windows: 4, largest: 3e-7 },
      { windows: 5, largest: 2e-7 },
    ];
    assert.deepEqual(addComparisons(parts), { windows: 12, largest: 3e-7 });
    assert.equal(addComparisons([]), null);
  });

  it('are refused together where one is', () => {
    const parts = [{ windows: 3, largest: 0 }, { refusal: 'no such layer' }];
    assert.deepEqual(addComparisons(parts), { refusal: 'no such layer' });
    assert.deepEqual(addComparisons([...parts].reverse()), { refusal: 'no such layer' });
  });
});
