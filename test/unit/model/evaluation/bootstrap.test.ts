import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { estimate, ratio, resampleVehicles } from '../../../../src/model/evaluation/bootstrap.js';
import { seededRandom } from '../../../../src/model/training/random.js';

/** The statistic of every fleet that can be drawn from three vehicles: 27, all as probable. */
function allFleetsOfThree(statistic: (weights: ArrayLike<number>) => number): number[] {
  const three = [0, 1, 2];
  return three.flatMap((a) =>
    three.flatMap((b) =>
      three.map((c) => {
        const weights = [0, 0, 0];
        for (const drawn of [a, b, c]) weights[drawn] = (weights[drawn] ?? 0) + 1;
        return statistic(weights);
      }),
    ),
  );
}

describe('a bootstrap over vehicles', () => {
  const hits = [8, 30, 3];
  const items = [10, 50, 30];
  const share = ratio(hits, items);

  it('draws every fleet as often as the enumeration of all has it', () => {
    const { weights } = resampleVehicles(3, 20_000, 1);
    const seen = new Map<number, number>();
    for (const drawn of weights) seen.set(share(drawn), (seen.get(share(drawn)) ?? 0) + 1);
    const all = allFleetsOfThree(share);
    for (const value of new Set(all)) {
      const expected = all.filter((other) => other === value).length / all.length;
      // Five standard deviations of a count of 20,000 draws.
      const within = 5 * Math.sqrt((expected * (1 - expected)) / 20_000);
      const found = (seen.get(value) ?? 0) / 20_000;
      assert.ok(Math.abs(found - expected) < within, `${value}: ${found}, not ${expected}`);
    }
    assert.equal(seen.size, new Set(all).size);
  });

  it('has an interval whose ends are the percentiles of the enumeration', () => {
    const all = allFleetsOfThree(share).sort((a, b) => a - b);
    // 1 of 27 fleets is 3.7 %: the lowest and the highest fleet hold the 2.5th percentiles.
    const found = estimate(resampleVehicles(3, 2_000, 1), share);
    assert.deepEqual(found, { value: 41 / 90, low: all[0], high: all.at(-1) });
  });

  it('covers the truth in about 95 of 100 test sets', () => {
    const random = seededRandom(3);
    const trials = 300;
    let covered = 0;
    for (let trial = 0; trial < trials; trial += 1) {
      // Vehicles differ: each has a share of its own, uniform in 0.3 … 0.9, and 100 items.
      const own = Array.from({ length: 40 }, () => 0.3 + 0.6 * random.uniform());
      const itsHits = own.map((share) =>
        Array.from({ length: 100 }, () => Number(random.uniform() < share)).reduce((a, b) => a + b),
      );
      const statistic = ratio(
        itsHits,
        own.map(() => 100),
      );
      const found = estimate(resampleVehicles(40, 400, trial), statistic);
      if (found !== null && found.low <= 0.6 && 0.6 <= found.high) covered += 1;
    }
    // The percentile interval of 40 vehicles is a little short: 93 to 95 %; ± 3 standard deviations.
    assert.ok(covered / trials > 0.89 && covered / trials < 0.985, `${covered} of ${trials}`);
  });

  it('is the same for the same seed, and another for another', () => {
    assert.deepEqual(resampleVehicles(9, 50, 4), resampleVehicles(9, 50, 4));
    assert.notDeepEqual(resampleVehicles(9, 50, 4), resampleVehicles(9, 50, 5));
  });

  it('has no value where no vehicle has an item, and passes over fleets that have none', () => {
    const resamples = resampleVehicles(3, 500, 1);
    assert.equal(estimate(resamples, ratio([0, 0, 0], [0, 0, 0])), null);
    // Only the first vehicle has items: whatever fleet has it gives 0.5.
    const one = estimate(resamples, ratio([5, 0, 0], [10, 0, 0]));
    assert.deepEqual(one, { value: 0.5, low: 0.5, high: 0.5 });
  });
});
