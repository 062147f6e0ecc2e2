import type { Prediction } from '../../../src/wire/prediction.js';

/** A prediction with everything that the test at hand doesn't care about. */
export function aPrediction(cares: Partial<Prediction>): Prediction {
  return {
    vehicleId: 'taxi-1',
    eventTimeMs: 0,
    cell: 1,
    candidates: [],
    modelDigest: 'model',
    plan: 'p1',
    lane: 0,
    offset: 0,
    ingestTimeMs: 0,
    predictedTimeMs: 0,
    replayOf: null,
    ...cares,
  };
}
