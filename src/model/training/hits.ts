import { seededRandom } from './random.js';
import { forEachTransition, transitionsOf, writeWindow } from './sequences.js';
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
export interface TestItems<Runs extends CellRuns = CellRuns> {
  readonly runs: Runs;
  /** For each item the place in `runs.cells` of the current cell, and where its run starts. */
  readonly positions: Int32Array;
  readonly runStarts: Int32Array;
}

/** The ranking depth that hit rates need. */
export const rankingDepth = 5;

/** Every prediction that a vehicle's own next cell can judge. */
export function allItems<Runs extends CellRuns>(runs: Runs): TestItems<Runs> {
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
export function sampleItems<Runs extends CellRuns>(
  items: TestItems<Runs>,
  size: number,
  seed: number,
): TestItems<Runs> {
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

/** The place of a cell in a ranking that begins at `from`, 0 the best; `rankingDepth` if it is not in it. */
export function placeIn(rankings: ArrayLike<number>, from: number, cell: number): number {
  let place = 0;
  while (place < rankingDepth && rankings[from + place] !== cell) place += 1;
  return place;
}

/** Counts hits by the places of the truths: see {@link placeIn}. */
export class HitCounter {
  readonly #byPlace = new Float64Array(rankingDepth + 1);
  #items = 0;

  add(place: number): void {
    this.#items += 1;
    this.#byPlace[place] = (this.#byPlace[place] ?? 0) + 1;
  }

  /** Truths among the best `depth`. */
  hits(depth: number): number {
    return this.#byPlace.subarray(0, depth).reduce((sum, count) => sum + count, 0);
  }

  rates(): HitRates {
    const [top1 = 0, top3 = 0, top5 = 0] = [1, 3, 5].map((depth) => this.hits(depth) / this.#items);
    return { top1, top3, top5, items: this.#items };
  }
}

/** Ranks windows `[batch, steps]`: gives `[batch, rankingDepth]` cells, best first. */
export type WindowRanker = (windows: Int32Array) => ArrayLike<number>;

/** Windows of some of the items, as a network takes them. */
export interface WindowBatch {
  /** `[count, steps]` */
  readonly windows: Int32Array;
  /** The first of the items. */
  readonly from: number;
  readonly count: number;
}

/** Writes out the windows of items in batches, as the network would be given them live. */
export function* windowBatches(
  items: TestItems,
  steps: number,
  batch: number,
): Generator<WindowBatch, void> {
  for (let from = 0; from < items.positions.length; from += batch) {
    const positions = items.positions.subarray(from, from + batch);
    const windows = new Int32Array(positions.length * steps);
    positions.forEach((position, row) => {
      const window = windows.subarray(row * steps, (row + 1) * steps);
      writeWindow(items.runs, position, items.runStarts[from + row] ?? 0, window);
    });
    yield { windows, from, count: positions.length };
  }
}

/** Judges a network on the windows that it would be given live. */
export function judgeRanker(
  items: TestItems,
  steps: number,
  batch: number,
  rank: WindowRanker,
): HitRates {
  const { cells } = items.runs;
  const counter = new HitCounter();
  for (const { windows, from, count } of windowBatches(items, steps, batch)) {
    const ranking = rank(windows);
    for (let row = 0; row < count; row += 1) {
      const truth = cells[(items.positions[from + row] ?? 0) + 1] ?? 0;
      counter.add(placeIn(ranking, row * rankingDepth, truth));
    }
  }
  return counter.rates();
}
