import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { differencesOf } from '../../../src/observe/prediction-differences.js';
import type { Candidate } from '../../../src/wire/prediction.js';
import { lineGrid } from './line-grid.js';
import { aPrediction } from './prediction-fixture.js';

const outside: Candidate = { cell: 0, latitude: null, longitude: null, probability: 0.5 };
const inside: Candidate = { cell: 4, latitude: 0, longitude: 4.5, probability: 0.25 };
const expected = {
  ...aPrediction({}),
  cells: Int32Array.of(0, 4),
  probabilities: Float32Array.of(0.5, 0.25),
  grid: lineGrid,
};

describe('the differences of a prediction', () => {
  it('are none where cell 0 has no place and the other cells have theirs', () => {
    assert.deepEqual(differencesOf(aPrediction({ candidates: [outside, inside] }), expected), []);
  });

  it('are a place that cell 0 is given', () => {
    const somewhere = { ...outside, latitude: 0, longitude: 0 };
    assert.deepEqual(
      differencesOf(aPrediction({ candidates: [somewhere, inside] }), expected),
      ['latitude', 'longitude'].map((what) => `${what} of candidate 1 is 0, must be null`),
    );
  });

  it('are a place that a cell of the grid lacks', () => {
    const nowhere = { ...inside, latitude: null, longitude: null };
    assert.deepEqual(differencesOf(aPrediction({ candidates: [outside, nowhere] }), expected), [
      'latitude of candidate 2 is null, must be 0',
      'longitude of candidate 2 is null, must be 4.5',
    ]);
  });
});
