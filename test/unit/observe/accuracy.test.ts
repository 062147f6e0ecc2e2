import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AccuracyTracker } from '../../../src/observe/accuracy.js';
import type { Prediction } from '../../../src/wire/prediction.js';
import { aPrediction } from './prediction-fixture.js';

const minute = 60_000;

function guesses(...cells: readonly number[]): Prediction['candidates'] {
  return cells.map((cell) => ({ cell, latitude: 0, longitude: 0, probability: 0.1 }));
}

describe('AccuracyTracker', () => {
  it('scores a prediction by the cell that the same vehicle enters next', () => {
    const tracker = new AccuracyTracker(10 * minute);
    tracker.take(aPrediction({ offset: 1, cell: 5, candidates: guesses(6, 7, 8, 9, 10, 11) }));
    assert.deepEqual(tracker.accuracy, { scored: 0, top1: null, top5: null });
    // 6 was the first guess.
    tracker.take(aPrediction({ offset: 2, cell: 6, candidates: guesses(1, 2, 3, 4, 20, 21) }));
    assert.deepEqual(tracker.accuracy, { scored: 1, top1: 1, top5: 1 });
    // 20 was the fifth.
    tracker.take(aPrediction({ offset: 3, cell: 20, candidates: guesses(1, 2, 3, 4, 5, 21) }));
    assert.deepEqual(tracker.accuracy, { scored: 2, top1: 0.5, top5: 1 });
    // 21 was the sixth, which is none of the five.
    tracker.take(aPrediction({ offset: 4, cell: 21, candidates: guesses(22) }));
    assert.deepEqual(tracker.accuracy, { scored: 3, top1: 1 / 3, top5: 2 / 3 });
  });

  it('does not score across a new trip', () => {
    const tracker = new AccuracyTracker(10 * minute);
    tracker.take(aPrediction({ offset: 1, eventTimeMs: 0, candidates: guesses(6) }));
    tracker.take(aPrediction({ offset: 2, eventTimeMs: 10 * minute, cell: 6 }));
    assert.equal(tracker.accuracy.scored, 1);
    tracker.take(aPrediction({ offset: 3, eventTimeMs: 20 * minute + 1, cell: 7 }));
    assert.equal(tracker.accuracy.scored, 1);
  });

  it('keeps vehicles apart', () => {
    const tracker = new AccuracyTracker(10 * minute);
    tracker.take(aPrediction({ vehicleId: 'a', offset: 1, candidates: guesses(6) }));
    tracker.take(aPrediction({ vehicleId: 'b', offset: 2, cell: 6, candidates: guesses(8) }));
    assert.equal(tracker.accuracy.scored, 0);
    tracker.take(aPrediction({ vehicleId: 'a', offset: 3, cell: 6 }));
    tracker.take(aPrediction({ vehicleId: 'b', offset: 4, cell: 6 }));
    assert.deepEqual(tracker.accuracy, { scored: 2, top1: 0.5, top5: 0.5 });
  });

  it('does not score a prediction that comes again', () => {
    const tracker = new AccuracyTracker(10 * minute);
    const first = aPrediction({ offset: 1, cell: 5, candidates: guesses(6) });
    const second = aPrediction({ offset: 2, cell: 6, candidates: guesses(5) });
    for (const prediction of [first, first, second, first, second]) tracker.take(prediction);
    assert.deepEqual(tracker.accuracy, { scored: 1, top1: 1, top5: 1 });
  });
});
