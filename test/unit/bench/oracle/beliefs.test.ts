import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Match } from '../../../../bench/oracle/beliefs.js';
import { scoresOf } from '../../../../bench/oracle/scores.js';

/** Where a world is that has shown these cells after the first: index and likelihood. */
function placesAfter(observed: readonly number[], shown: readonly number[]): [number, number][] {
  const match = shown.reduce((at, cell) => at.next(cell), Match.start(Int32Array.from(observed)));
  const places: [number, number][] = [];
  match.forEachPlace((index, likelihood) => places.push([index, likelihood]));
  return places;
}

describe('the match of a world with the observed cells', () => {
  it('is whole where both show the same cells', () => {
    assert.deepEqual(placesAfter([1, 2, 3], []), [[0, 1]]);
    assert.deepEqual(placesAfter([1, 2, 3], [2, 3]), [[2, 1]]);
  });

  it('is a fiftieth for a cell that only one of the two shows', () => {
    assert.deepEqual(placesAfter([1, 2, 3], [3]), [[2, 0.02]]);
    assert.deepEqual(placesAfter([1, 2, 3], [9, 2]), [[1, 0.02]]);
  });

  it('is whole again in no place while the world is elsewhere, and over after three such cells', () => {
    assert.deepEqual(placesAfter([1, 2, 3], [9]), []);
    const start = Match.start(Int32Array.of(1, 2, 3));
    assert.ok(!start.next(9).next(8).isOver);
    assert.ok(start.next(9).next(8).next(7).next(6).isOver);
  });
});

describe('scores', () => {
  it('count the place of the truth, and take vehicles as drawn, not predictions', () => {
    const ranking = [1, 2, 3, 4, 5];
    const of = (vehicle: number, truth: number) => ({ vehicle, ranking, truth });
    // By hand: hits 2 of 4; residuals sum to 1 for vehicle 0 and to −1 for vehicle 1.
    const scores = scoresOf([of(0, 1), of(0, 1), of(1, 3), of(1, 9)]);
    assert.equal(scores['top-1, %'], 50);
    assert.equal(scores['top-3, %'], 75);
    assert.equal(scores['top-5, %'], 75);
    const plusMinus = (100 * 1.96 * Math.sqrt(2 * 2)) / 4;
    assert.ok(Math.abs(Number(scores['± (95 %)']) - plusMinus) < 1e-9);
  });
});
