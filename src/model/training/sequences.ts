import { seededRandom, shuffle } from './random.js';
import type { TrainingBatch } from './training-network.js';

/**
 * What vehicles did, as the cells that they entered one after the other. A run ends where a
 * vehicle's next cell is a new trip, so within a run each cell's successor is known.
 */
export interface CellRuns {
  /** All runs, one after the other. */
  readonly cells: Int32Array;
  /** Where each run starts in `cells`, and at last the length of `cells`. */
  readonly starts: Int32Array;
  /** Extra inputs of a network: for each one value a cell. Default: none. */
  readonly extras?: readonly Int32Array[];
}

/** Runs of which it is known who drove them, and when. */
export interface DrivenRuns extends CellRuns {
  /** When each cell was entered. Epoch milliseconds. */
  readonly timesMs: Float64Array;
  /** How each cell was entered, as `readEntry` of `geo/cell-entry.ts` reads it. */
  readonly entries: Int32Array;
  /** Whose each run is: vehicles are numbered from 0. */
  readonly vehicles: Int32Array;
}

/** How many predictions the runs can judge: every cell of a run but its last has a successor. */
export function transitionsOf(runs: CellRuns): number {
  return runs.cells.length - (runs.starts.length - 1);
}

/**
 * Calls `visit` for every cell that has a successor.
 *
 * @param visit gets the cell's place in `runs.cells` and where its run starts
 */
export function forEachTransition(
  runs: CellRuns,
  visit: (position: number, runStart: number) => void,
): void {
  for (let run = 0; run + 1 < runs.starts.length; run += 1) {
    const start = runs.starts[run] ?? 0;
    const last = (runs.starts[run + 1] ?? 0) - 1;
    for (let position = start; position < last; position += 1) visit(position, start);
  }
}

/** The windows of an epoch, in the order of training. */
export interface Epoch {
  /** For each window the place in `runs.cells` of its last cell, and where its run starts. */
  readonly lasts: Int32Array;
  readonly runStarts: Int32Array;
}

/**
 * Cuts runs into windows for one epoch: the first window of a run holds a random number of cells
 * and is padded on the left, the next ones follow without overlap, the last one reaches back over
 * what it needs to be full. Every transition is seen in every epoch, each time at another place in
 * its window, and short histories are seen as often as runs are short.
 */
export function cutEpoch(runs: CellRuns, steps: number, seed: number, epoch: number): Epoch {
  const random = seededRandom(seed, epoch);
  const lasts: number[] = [];
  const runStarts: number[] = [];
  for (let run = 0; run + 1 < runs.starts.length; run += 1) {
    const start = runs.starts[run] ?? 0;
    const end = (runs.starts[run + 1] ?? 0) - 2;
    if (end < start) continue;
    for (let last = start + random.below(steps); ; last += steps) {
      lasts.push(Math.min(last, end));
      runStarts.push(start);
      if (last >= end) break;
    }
  }
  const order = Int32Array.from(lasts.keys());
  shuffle(order, random);
  return {
    lasts: order.map((index) => lasts[index] ?? 0),
    runStarts: order.map((index) => runStarts[index] ?? 0),
  };
}

/** The full batches of an epoch; what is left over is seen in another order in the next epoch. */
export function batchesIn(epoch: Epoch, batch: number): number {
  return Math.floor(epoch.lasts.length / batch);
}

/** Writes out one batch of an epoch. Padding steps have weight 0, all others the same weight. */
export function fillBatch(
  runs: CellRuns,
  epoch: Epoch,
  steps: number,
  batch: number,
  number: number,
): TrainingBatch {
  const size = steps * batch;
  const filled = {
    ids: new Int32Array(size),
    targets: new Int32Array(size),
    weights: new Float32Array(size),
    extras: (runs.extras ?? []).map(() => new Int32Array(size)),
  };
  let counted = 0;
  for (let row = 0; row < batch; row += 1) {
    const last = epoch.lasts[number * batch + row] ?? 0;
    const start = epoch.runStarts[number * batch + row] ?? 0;
    const padding = Math.max(0, steps - (last - start + 1));
    for (let step = padding; step < steps; step += 1) {
      const position = last - (steps - 1 - step);
      const to = step * batch + row;
      filled.ids[to] = runs.cells[position] ?? 0;
      filled.targets[to] = runs.cells[position + 1] ?? 0;
      filled.weights[to] = 1;
      filled.extras.forEach((extra, index) => (extra[to] = runs.extras?.[index]?.[position] ?? 0));
      counted += 1;
    }
  }
  filled.weights.forEach((weight, index) => (filled.weights[index] = weight / counted));
  return filled;
}

/** Writes the window that ends at a place of a run: `steps` cells, left-padded with 0. */
export function writeWindow(
  runs: CellRuns,
  position: number,
  runStart: number,
  window: Int32Array,
): void {
  writeWindowOf(runs.cells, position, runStart, window);
}

/** The same of any values that there is one of for each cell of the runs. */
export function writeWindowOf(
  values: Int32Array,
  position: number,
  runStart: number,
  window: Int32Array,
): void {
  const held = Math.min(window.length, position - runStart + 1);
  window.fill(0, 0, window.length - held);
  window.set(values.subarray(position - held + 1, position + 1), window.length - held);
}
