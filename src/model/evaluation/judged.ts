import { setImmediate as nextTurn } from 'node:timers/promises';
import { HitCounter, placeIn, rankingDepth, windowBatches } from '../training/hits.js';
import type { HitRates, TestItems } from '../training/hits.js';
import type { Baseline } from '../training/markov.js';
import type { CellRuns } from '../training/sequences.js';
import type { CellPlaces } from './places.js';

/** What a predictor said of all test items: every figure comes from it. */
export interface Judged<Runs extends CellRuns = CellRuns> {
  readonly items: TestItems<Runs>;
  /** `[items, rankingDepth]` cells, the best first; −1 where the predictor names no more. */
  readonly rankings: Int32Array;
}

/** Rankings of a predictor that also says how sure it is. */
export interface ScoredJudged<Runs extends CellRuns = CellRuns> extends Judged<Runs> {
  /** `[items]` probability of the best cell, 0 … 1. */
  readonly probabilities: Float32Array;
}

/** Ranks windows `[batch, steps]`: `[batch, rankingDepth]` cells and probabilities, best first. */
export type WindowScorer = (windows: Int32Array) => {
  readonly cells: ArrayLike<number>;
  readonly probabilities: ArrayLike<number>;
};

/** Asks a baseline for all items. */
export function judgeBaseline<Runs extends CellRuns>(
  items: TestItems<Runs>,
  baseline: Baseline,
): Judged<Runs> {
  const { cells } = items.runs;
  const rankings = new Int32Array(items.positions.length * rankingDepth).fill(-1);
  items.positions.forEach((position, index) => {
    const atStart = position === items.runStarts[index];
    const before = atStart ? null : (cells[position - 1] ?? 0);
    const ranking = baseline.rank(before, cells[position] ?? 0);
    rankings.set(ranking.slice(0, rankingDepth), index * rankingDepth);
  });
  return { items, rankings };
}

/**
 * Asks a network for all items, with the windows that it would be given live.
 *
 * @param batch windows at once
 * @param onProgress hears which share of the items is done, 0 … 1
 */
export async function judgeNetwork<Runs extends CellRuns>(
  items: TestItems<Runs>,
  steps: number,
  batch: number,
  score: WindowScorer,
  onProgress: (share: number) => void = () => undefined,
): Promise<ScoredJudged<Runs>> {
  const total = items.positions.length;
  const rankings = new Int32Array(total * rankingDepth);
  const probabilities = new Float32Array(total);
  for (const { windows, from, count } of windowBatches(items, steps, batch)) {
    const scored = score(windows);
    for (let row = 0; row < count; row += 1) {
      const at = row * rankingDepth;
      probabilities[from + row] = scored.probabilities[at] ?? 0;
      for (let place = 0; place < rankingDepth; place += 1) {
        rankings[from * rankingDepth + at + place] = scored.cells[at + place] ?? -1;
      }
    }
    onProgress((from + count) / total);
    // Everything else in this process runs here: the engine holds the thread for a whole batch.
    await nextTurn();
  }
  return { items, rankings, probabilities };
}

/** `[items]` the cell that each vehicle entered next. */
export function truthsOf({ runs, positions }: TestItems): Int32Array {
  return positions.map((position) => runs.cells[position + 1] ?? 0);
}

/** `[items]` the truth's place in each ranking, 0 the best; `rankingDepth` where it is not in it. */
export function placesOfTruths({ items, rankings }: Judged): Uint8Array {
  const truths = truthsOf(items);
  return Uint8Array.from(truths, (truth, index) => placeIn(rankings, index * rankingDepth, truth));
}

/** The hits of all items together. */
export function hitRates(judged: Judged): HitRates {
  const counter = new HitCounter();
  for (const place of placesOfTruths(judged)) counter.add(place);
  return counter.rates();
}

/**
 * `[items]` metres from the centre of the best cell to that of the true one; NaN where one of them
 * is cell 0, which is no place, or the predictor names none.
 */
export function errorsM({ items, rankings }: Judged, places: CellPlaces): Float64Array {
  const centres = Array.from({ length: places.size }, (_, index) => places.centreOf(index + 1));
  return Float64Array.from(truthsOf(items), (truth, index) => {
    const best = rankings[index * rankingDepth] ?? -1;
    const [from, to] = [centres[best - 1], centres[truth - 1]];
    if (from === undefined || to === undefined) return NaN;
    return best === truth ? 0 : places.distanceM(from, to);
  });
}
