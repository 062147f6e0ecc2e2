import { placesOfTruths } from './judged.js';
import type { Calibration } from './figures.js';
import type { ScoredJudged } from './judged.js';

const binCount = 10;

/**
 * Holds the probabilities of the best cells against how often these came true, in ten bins of equal
 * width.
 * @see https://arxiv.org/abs/1706.04599 (Guo et al., On Calibration of Modern Neural Networks, eq. 3)
 */
export function calibrationOf(judged: ScoredJudged): Calibration {
  const placeOf = placesOfTruths(judged);
  const bins = Array.from({ length: binCount }, () => ({ items: 0, sum: 0, hits: 0 }));
  judged.probabilities.forEach((probability, item) => {
    const bin = bins[Math.min(binCount - 1, Math.floor(probability * binCount))];
    if (bin === undefined) return;
    bin.items += 1;
    bin.sum += probability;
    bin.hits += Number(placeOf[item] === 0);
  });
  const distance = bins.reduce((sum, bin) => sum + Math.abs(bin.sum - bin.hits), 0);
  return {
    bins: bins.map(({ items, sum, hits }, index) => ({
      from: index / binCount,
      to: (index + 1) / binCount,
      items,
      meanProbability: items === 0 ? null : sum / items,
      shareTrue: items === 0 ? null : hits / items,
    })),
    expectedError: distance / judged.probabilities.length,
  };
}
