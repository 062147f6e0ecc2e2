import { seededRandom } from './random.js';
import { forEachTransition, transitionsOf, writeWindow } from './sequences.js';
import type { Baseline } from './markov.js';
import type { CellRuns } from './sequences.js';

/** How often the true next cell was among the first 1, 3 and 5 of a ranking: shares, 0 … 1. */
export interface HitRates {
  readonly top1: number;
  readonly top3: number;
  readonly top5: number;
  /** Predictions that were judged. */
  readonly items: number;
}

/** Predictions that a ranking is judged on. */
export interface TestItems {
  readonly runs: CellRuns;
  /** For each item the place in `runs.cells` of the current cell, and where its run starts. */
  readonly positions: Int32Array;
  readonly runStarts: Int32Array;
}

/** The ranking depth that hit rates need. */
export const rankingDepth = 5;

/** Every prediction that a vehicle's own next cell can judge. */
export function allItems(runs: CellRuns): TestItems {
  const positions = new Int32Array(transitionsOf(runs));
  const runStarts = new Int32Array(positions.length);
  let index = 0;
  forEachTransition(runs, (position, runStart) => {
    positions[index] = position;
    runStarts[index] = runStart;
    index += 1;
  });
  return { runs, positions, runStarts };
}

/** `size` of the items, drawn at random without repetition; all of them if there are fewer. */
export function sampleItems(items: TestItems, size: number, seed: number): TestItems {
  if (items.positions.length <= size) return items;
  const random = seededRandom(seed);
  const chosen = new Set<number>();
  while (chosen.size < size) chosen.add(random.below(items.positions.length));
  const indices = Int32Array.from(chosen).sort();
  return {
    runs: items.runs,
    positions: indices.map((index) => items.positions[index] ?? 0),
    runStarts: indices.map((index) => items.runStarts[index] ?? 0),
  };
}

class HitCounter {
  readonly #hits = [0, 0, 0];
  #items = 0;

  add(ranking: ArrayLike<number>, from: number, truth: number): void {
    this.#items += 1;
    for (let place = 0; place < rankingDepth; place += 1) {
      if (ranking[from + place] !== truth) continue;
      [1, 3, 5].forEach((depth, index) => {
        if (place < depth) this.#hits[index] = (this.#hits[index] ?? 0) + 1;
      });
      return;
    }
  }

  rates(): HitRates {
    const [top1 = 0, top3 = 0, top5 = 0] = this.#hits.map((hits) => hits / this.#items);
    return { top1, top3, top5, items: this.#items };
  }
}

/** Judges a baseline. */
export function judgeBaseline(items: TestItems, baseline: Baseline): HitRates {
  const { cells } = items.runs;
  const counter = new HitCounter();
  items.positions.forEach((position, index) => {
    const atStart = position === items.runStarts[index];
    const before = atStart ? null : (cells[position - 1] ?? 0);
    counter.add(baseline.rank(before, cells[position] ?? 0), 0, cells[position + 1] ?? 0);
  });
  return counter.rates();
}

/** Ranks windows `[batch, steps]`: gives `[batch, rankingDepth]` cells, best first. */
export type WindowRanker = (windows: Int32Array) => ArrayLike<number>;

/** Judges a network on the windows that it would be given live. */
export function judgeRanker(
  items: TestItems,
  steps: number,
  batch: number,
  rank: WindowRanker,
): HitRates {
  const { cells } = items.runs;
  const counter = new HitCounter();
  for (let from = 0; from < items.positions.length; from += batch) {
    const positions = items.positions.subarray(from, from + batch);
    const windows = new Int32Array(positions.length * steps);
    positions.forEach((position, row) => {
      const window = windows.subarray(row * steps, (row + 1) * steps);
      writeWindow(items.runs, position, items.runStarts[from + row] ?? 0, window);
    });
    const ranking = rank(windows);
    positions.forEach((position, row) => {
      counter.add(ranking, row * rankingDepth, cells[position + 1] ?? 0);
    });
  }
  return counter.rates();
}
