import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { keepsDirection } from '../../../../src/model/evaluation/keeps-direction.js';
import { cellOf, squareCity } from './driven-runs.js';

describe('the baseline that keeps its direction', () => {
  const baseline = keepsDirection(squareCity, 5);

  it('goes on as far and in the same direction as the last step', () => {
    assert.equal(baseline.rank(cellOf(4, 3), cellOf(4, 4))[0], cellOf(4, 5));
    assert.equal(baseline.rank(cellOf(4, 4), cellOf(3, 5))[0], cellOf(2, 6));
    assert.equal(baseline.rank(cellOf(4, 1), cellOf(4, 4))[0], cellOf(4, 7));
  });

  it('ranks the other cells by their distance to where that leads, and not the current one', () => {
    // From (4, 3) to (4, 4) leads to (4, 5): its four neighbours are a cell away, one is the current.
    const ranking = baseline.rank(cellOf(4, 3), cellOf(4, 4));
    assert.deepEqual(ranking.slice(0, 1), [cellOf(4, 5)]);
    const neighbours = [cellOf(3, 5), cellOf(4, 6), cellOf(5, 5)];
    assert.deepEqual(
      [...ranking.slice(1, 4)].sort((a, b) => a - b),
      neighbours,
    );
    assert.equal(ranking.length, 5);
    assert.ok(!ranking.includes(cellOf(4, 4)));
  });

  it('looks next to the current cell at a run’s start, and where the one before is no place', () => {
    const around = [cellOf(3, 4), cellOf(4, 3), cellOf(4, 5), cellOf(5, 4)];
    for (const before of [null, 0]) {
      const nearest = baseline.rank(before, cellOf(4, 4)).slice(0, 4);
      assert.deepEqual(
        [...nearest].sort((a, b) => a - b),
        around,
      );
    }
  });

  it('takes the nearest cells there are where the direction leads out of the city', () => {
    assert.equal(baseline.rank(cellOf(4, 8), cellOf(4, 9))[0], cellOf(3, 9));
    assert.deepEqual(baseline.rank(null, 0), []);
  });

  it('gives what looking at all cells gives, for any pair', () => {
    const cells = Array.from({ length: squareCity.size }, (_, index) => index + 1);
    for (let before = 1; before <= squareCity.size; before += 7) {
      for (let current = 1; current <= squareCity.size; current += 3) {
        if (before === current) continue;
        const [from, to] = [squareCity.centreOf(before), squareCity.centreOf(current)];
        const goal = {
          latitude: to.latitude + (to.latitude - from.latitude),
          longitude: to.longitude + (to.longitude - from.longitude),
        };
        const all = cells
          .filter((cell) => cell !== current)
          .map((cell) => ({ cell, m: squareCity.distanceM(goal, squareCity.centreOf(cell)) }))
          .sort((a, b) => a.m - b.m || a.cell - b.cell)
          .map(({ cell }) => cell);
        assert.deepEqual(baseline.rank(before, current), all.slice(0, 5));
      }
    }
  });
});
