import type { Prediction } from '../../src/wire/prediction.js';

/** What came true of predictions. */
export interface ScoredPairs {
  readonly scored: number;
  readonly top1: number;
  readonly top3: number;
  readonly top5: number;
}

const tripGapMs = 600_000;

/**
 * What came true, as a reader of predictions can tell it: by pairs of a vehicle's predictions that
 * follow each other within ten minutes.
 *
 * @param predictions without replays, each vehicle's in their order
 */
export function scoredPairs(predictions: readonly Prediction[]): ScoredPairs {
  const ranks = predictions.flatMap((prediction, at) => {
    const { vehicleId, plan, cell, eventTimeMs } = prediction;
    const before = predictions
      .slice(0, at)
      .findLast((other) => other.vehicleId === vehicleId && other.plan === plan);
    if (before === undefined || eventTimeMs - before.eventTimeMs > tripGapMs) return [];
    return [before.candidates.findIndex((candidate) => candidate.cell === cell)];
  });
  const within = (depth: number): number =>
    ranks.filter((rank) => rank >= 0 && rank < depth).length;
  return { scored: ranks.length, top1: within(1), top3: within(3), top5: within(5) };
}
