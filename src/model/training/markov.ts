import { forEachTransition } from './sequences.js';
import type { CellRuns } from './sequences.js';

/** How often each cell came next. */
type Counts = Map<number, number>;

function count<K>(table: Map<K, Counts>, key: K, next: number): void {
  let counts = table.get(key);
  if (counts === undefined) {
    counts = new Map();
    table.set(key, counts);
  }
  counts.set(next, (counts.get(next) ?? 0) + 1);
}

/** Most frequent first, at equal counts the smaller cell first. */
function ranked(counts: Counts, k: number): number[] {
  return Array.from(counts)
    .sort(([a, countA], [b, countB]) => countB - countA || a - b)
    .slice(0, k)
    .map(([cell]) => cell);
}

/** Predicts from counts which cells come next, best first. */
export interface Baseline {
  /** @param before the cell before `current`, null at the start of a run */
  rank(before: number | null, current: number): readonly number[];
}

/** The two baselines that a trained network is held against. */
export interface MarkovBaselines {
  /** The most frequent next cells of the current cell; of all cells where it was never seen. */
  readonly firstOrder: Baseline;
  /**
   * The most frequent next cells of the current cell and the one before; where these are fewer
   * than `k`, or the pair was never seen, filled up from the first order.
   */
  readonly secondOrder: Baseline;
}

/**
 * Fits both baselines.
 *
 * @param k how many cells a ranking has
 */
export function fitMarkov(runs: CellRuns, k: number): MarkovBaselines {
  const all: Counts = new Map();
  const byCell = new Map<number, Counts>();
  const byPair = new Map<string, Counts>();
  forEachTransition(runs, (position, runStart) => {
    const current = runs.cells[position] ?? 0;
    const next = runs.cells[position + 1] ?? 0;
    all.set(next, (all.get(next) ?? 0) + 1);
    count(byCell, current, next);
    if (position > runStart) count(byPair, `${runs.cells[position - 1] ?? 0} ${current}`, next);
  });
  const overall = ranked(all, k);
  const first = new Map(Array.from(byCell, ([cell, counts]) => [cell, ranked(counts, k)]));
  const second = new Map(Array.from(byPair, ([pair, counts]) => [pair, ranked(counts, k)]));
  const fill = (best: readonly number[], others: readonly number[]): number[] =>
    [...new Set([...best, ...others])].slice(0, k);
  const rankFirst = (current: number): number[] => fill(first.get(current) ?? [], overall);
  return {
    firstOrder: { rank: (_before, current) => rankFirst(current) },
    secondOrder: {
      rank: (before, current) =>
        fill(before === null ? [] : (second.get(`${before} ${current}`) ?? []), rankFirst(current)),
    },
  };
}
