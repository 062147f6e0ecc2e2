import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseShares, partOf } from '../../../src/cli/training/vehicle-split.js';

const percent = { training: 70, validation: 10, test: 20 };

describe('a split by vehicle', () => {
  // The first 8 hex digits of `printf '1:abboip' | sha256sum`, over 2^32: 80.6 %; c: 72.1 %, a: 25.5 %.
  // With seed 2: 55.1 %, 10.1 % and 94.8 %.
  it('is decided by the seed and the vehicle’s id alone', () => {
    const parts = (seed: number) => ['abboip', 'c', 'a'].map((id) => partOf(id, { seed, percent }));
    assert.deepEqual(parts(1), ['test', 'validation', 'training']);
    assert.deepEqual(parts(2), ['training', 'training', 'test']);
  });

  it('gives each part its share of many vehicles', () => {
    const counts = { training: 0, validation: 0, test: 0 };
    for (let number = 0; number < 10_000; number += 1) {
      counts[partOf(`vehicle-${number}`, { seed: 7, percent })] += 1;
    }
    // Six standard deviations of a binomial: 6 × √(10,000 × 0.7 × 0.3) = 275 at most.
    assert.ok(Math.abs(counts.training - 7_000) < 275, JSON.stringify(counts));
    assert.ok(Math.abs(counts.validation - 1_000) < 180, JSON.stringify(counts));
    assert.ok(Math.abs(counts.test - 2_000) < 240, JSON.stringify(counts));
  });

  it('has three whole shares of 100 together', () => {
    assert.deepEqual(parseShares('70/10/20'), percent);
    for (const text of [
      '70/10',
      '70/10/10/10',
      '70/30/0',
      '60/10/20',
      '69.5/10.5/20',
      'a/b/c',
      '',
    ]) {
      assert.equal(parseShares(text), null, text);
    }
  });
});
