import { checkStages } from './cuts.js';
import type { LayerCost } from './layers.js';
import type { PartitionStrategy } from './strategy.js';

/** What is added up over the sub-models of a division; the earlier field decides first. */
interface Score {
  readonly idleStages: number;
  readonly cutBytes: number;
  readonly squaredFlops: number;
}

interface Division {
  readonly score: Score;
  readonly cuts: readonly number[];
}

const nothing: Division = {
  score: { idleStages: 0, cutBytes: 0, squaredFlops: 0 },
  cuts: [],
};

function isBetter(a: Score, b: Score): boolean {
  if (a.idleStages !== b.idleStages) return a.idleStages < b.idleStages;
  if (a.cutBytes !== b.cutBytes) return a.cutBytes < b.cutBytes;
  return a.squaredFlops < b.squaredFlops;
}

/** Flops of the layers before each index: `sums[to] − sums[from]` are those of a range. */
function prefixFlops(layers: readonly LayerCost[]): number[] {
  const sums = [0];
  for (const layer of layers) sums.push((sums.at(-1) ?? 0) + layer.flops);
  return sums;
}

/** The least possible flops of the heaviest of `stages` sub-models. */
function leastHeaviest(sums: readonly number[], stages: number): number {
  const rangeFlops = (from: number, to: number): number => (sums[to] ?? 0) - (sums[from] ?? 0);
  let heaviest = sums.map((_, to) => rangeFlops(0, to));
  for (let stage = 2; stage <= stages; stage += 1) {
    const previous = heaviest;
    heaviest = sums.map((_, to) => {
      let least = Infinity;
      for (let from = stage - 1; from < to; from += 1) {
        least = Math.min(least, Math.max(previous[from] ?? Infinity, rangeFlops(from, to)));
      }
      return least;
    });
  }
  return heaviest.at(-1) ?? 0;
}

/** Of the divisions with no sub-model above `limitFlops`, the one with the best score. */
function bestWithin(
  layers: readonly LayerCost[],
  sums: readonly number[],
  stages: number,
  limitFlops: number,
): Division | undefined {
  const append = (before: Division, from: number, to: number): Division | undefined => {
    const flops = (sums[to] ?? 0) - (sums[from] ?? 0);
    if (flops > limitFlops) return undefined;
    return {
      score: {
        idleStages: before.score.idleStages + (flops === 0 ? 1 : 0),
        cutBytes: before.score.cutBytes + (from === 0 ? 0 : (layers[from - 1]?.cutBytes ?? 0)),
        squaredFlops: before.score.squaredFlops + flops * flops,
      },
      cuts: from === 0 ? before.cuts : [...before.cuts, from],
    };
  };
  let best: (Division | undefined)[] = sums.map((_, to) => (to === 0 ? nothing : undefined));
  for (let stage = 1; stage <= stages; stage += 1) {
    const previous = best;
    best = sums.map((_, to) => {
      let chosen: Division | undefined;
      for (let from = stage - 1; from < to; from += 1) {
        const before = previous[from];
        const candidate = before && append(before, from, to);
        if (candidate && (!chosen || isBetter(candidate.score, chosen.score))) chosen = candidate;
      }
      return chosen;
    });
  }
  return best.at(-1);
}

/**
 * The heaviest sub-model as light as can be, in flops. Among the divisions that reach this: the
 * one with the fewest sub-models that compute nothing, then the one that sends the fewest bytes
 * across its cuts, then the most even one.
 *
 * Dynamic programming over (layers, sub-models): first for the least heaviest sub-model, then for
 * the score under that limit. It is exact; the tests hold it against all divisions.
 */
export const balanced: PartitionStrategy = {
  name: 'balanced',
  cut(layers, stages) {
    checkStages(stages, layers.length);
    const sums = prefixFlops(layers);
    return bestWithin(layers, sums, stages, leastHeaviest(sums, stages))?.cuts ?? [];
  },
};
