import { rankingDepth } from '../../src/model/training/hits.js';
import type { Cell } from '../report/report.js';

/** One ranking of one vehicle, and what came. */
export interface Ranked {
  readonly vehicle: number;
  readonly ranking: ArrayLike<number>;
  readonly truth: number;
}

const normal95 = 1.96;

/**
 * Per cent of rankings with the truth among the first 1, 3 and 5, and half the width of the 95 %
 * interval of the first. Vehicles are taken as drawn at random, not predictions: those of one
 * vehicle hang together (ratio estimator, linearised variance).
 * @see Cochran, Sampling Techniques, 3rd edition, 1977, equation 6.13
 */
export function scoresOf(items: readonly Ranked[]): Record<string, Cell> {
  const hits = [1, 3, 5].map((depth) => items.filter((item) => placeOf(item) < depth).length);
  const [top1 = 0, top3 = 0, top5 = 0] = hits.map((count) => count / items.length);
  const away = new Map<number, number>();
  for (const item of items) {
    const residual = (placeOf(item) === 0 ? 1 : 0) - top1;
    away.set(item.vehicle, (away.get(item.vehicle) ?? 0) + residual);
  }
  const squares = [...away.values()].reduce((sum, residual) => sum + residual ** 2, 0);
  const factor = away.size / Math.max(1, away.size - 1);
  const plusMinus = (normal95 * Math.sqrt(factor * squares)) / items.length;
  return {
    'top-1, %': 100 * top1,
    '± (95 %)': 100 * plusMinus,
    'top-3, %': 100 * top3,
    'top-5, %': 100 * top5,
  };
}

function placeOf({ ranking, truth }: Ranked): number {
  let place = 0;
  while (place < rankingDepth && ranking[place] !== truth) place += 1;
  return place;
}
