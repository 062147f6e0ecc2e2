import {
  Referee,
  type LaneHistory,
  type LoggedFix,
  type TopCells,
} from '../../../src/observe/referee.js';
import type { Verdict } from '../../../src/observe/verdict.js';
import type { Prediction } from '../../../src/wire/prediction.js';
import { lineGrid } from './line-grid.js';

export const rules = {
  steps: 3,
  tripGapMs: 600_000,
  maxSpeedKmh: 250,
  maxFutureMs: 300_000,
  memoryMs: 3_600_000,
};

/** A third as float32, with the bits 3eaaaaab; the next float32 up ends in ac. */
export const third = Math.fround(1 / 3);
export const thirdAndABit = third + 2 ** -25;

/** The toy model: the next cell of the line with 1/3, then the cell `steps` ago with 1/8. */
export function predictLine(windows: Int32Array, batch: number): TopCells {
  const cells = new Int32Array(batch * 2);
  for (let row = 0; row < batch; row += 1) {
    cells[row * 2] = ((windows[row * 3 + 2] ?? 0) % 9) + 1;
    cells[row * 2 + 1] = windows[row * 3] ?? 0;
  }
  return {
    cells,
    probabilities: Float32Array.from(cells, (_, i) => (i % 2 === 0 ? third : 0.125)),
  };
}

/** Taxi `a` or `b` enters the cell after its last one with every fix, a minute apart. */
export function fixAt(
  offset: number,
): LoggedFix & { readonly vehicleId: string; readonly trip: number[] } {
  const vehicleId = offset % 2 === 0 ? 'a' : 'b';
  const trip = Array.from({ length: offset / 2 + 1 }, (_, step) => (step % 9) + 1);
  const eventTimeMs = offset * 60_000;
  const longitude = (trip.at(-1) ?? 0) + 0.5;
  const fix = { vehicleId, eventTimeMs, latitude: 0, longitude };
  const logged = { offset, ingestTimeMs: eventTimeMs + 500, fix, sentItem: null, replayOf: null };
  return { ...logged, vehicleId, trip };
}

/** What the toy model says of the fix at an offset, reckoned from the whole trip. */
export function predictionAt(offset: number): Prediction {
  const { ingestTimeMs, vehicleId, trip } = fixAt(offset);
  const cell = trip.at(-1) ?? 0;
  const next = (cell % 9) + 1;
  const oldest = trip.at(-3) ?? 0;
  return {
    vehicleId,
    eventTimeMs: ingestTimeMs - 500,
    cell,
    candidates: [
      { cell: next, latitude: 0, longitude: next + 0.5, probability: third },
      oldest === 0
        ? { cell: 0, latitude: null, longitude: null, probability: 0.125 }
        : { cell: oldest, latitude: 0, longitude: oldest + 0.5, probability: 0.125 },
    ],
    modelDigest: 'digest',
    plan: 'p1',
    lane: 2,
    offset,
    ingestTimeMs,
    predictedTimeMs: ingestTimeMs + 40,
    replayOf: null,
  };
}

/** Trips of at most nine cells: the way back to cell 1 would not be plausible. */
export const offsets = Array.from({ length: 16 }, (_, offset) => offset);
export const fixes = offsets.map(fixAt);
export const perfect = offsets.map(predictionAt);

export async function verdictOn(
  predictions: readonly Prediction[],
  log: Partial<LaneHistory> = {},
): Promise<Verdict> {
  const referee = new Referee({
    plan: 'p1',
    modelDigest: 'digest',
    rules,
    grid: lineGrid,
    predict: predictLine,
  });
  await referee.judge({ lane: 2, fixes, predictions, failedOffsets: new Set(), ...log });
  return referee.verdict();
}

/** The counts that aren't zero, and what is said of them. */
export function faultsOf(verdict: Verdict): Record<string, number | readonly string[]> {
  const { missing, repeated, outOfOrder, altered, unexpected } = verdict;
  const counts = Object.entries({ missing, repeated, outOfOrder, altered, unexpected });
  return {
    ...Object.fromEntries(counts.filter(([, count]) => count > 0)),
    said: verdict.faults.map(({ text }) => text),
  };
}
