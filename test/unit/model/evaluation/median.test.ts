import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { medianStatistic } from '../../../../src/model/evaluation/median.js';

describe('the median of a drawn fleet', () => {
  it('is that of sorting each vehicle’s items as often as it was drawn', () => {
    const item = fc.record({
      vehicle: fc.integer({ min: 0, max: 4 }),
      metres: fc.oneof(fc.integer({ min: 0, max: 30 }), fc.constant(NaN)),
    });
    const weights = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(fc.array(item, { maxLength: 60 }), weights, (items, drawn) => {
        const statistic = medianStatistic(
          Float64Array.from(items, ({ metres }) => metres),
          { count: 5, ofItem: Int32Array.from(items, ({ vehicle }) => vehicle) },
        );
        const sorted = items
          .flatMap(({ vehicle, metres }) => Array<number>(drawn[vehicle] ?? 0).fill(metres))
          .filter((metres) => !Number.isNaN(metres))
          .sort((a, b) => a - b);
        const expected = sorted[Math.ceil(sorted.length / 2) - 1] ?? NaN;
        assert.equal(statistic(drawn), expected);
      }),
    );
  });

  it('is told in whole numbers', () => {
    const vehicles = { count: 1, ofItem: Int32Array.of(0, 0, 0) };
    assert.equal(medianStatistic(Float64Array.of(499.6, 500.4, 900), vehicles)([1]), 500);
  });
});
