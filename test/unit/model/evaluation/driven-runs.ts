import { allItems } from '../../../../src/model/training/hits.js';
import type { CellPlaces } from '../../../../src/model/evaluation/places.js';
import type { TestItems } from '../../../../src/model/training/hits.js';
import type { DrivenRuns } from '../../../../src/model/training/sequences.js';

/** What one vehicle did on one trip. */
export interface Trip {
  readonly vehicle: number;
  readonly cells: readonly number[];
  /** When its first cell was entered; a minute passes from each to the next. */
  readonly fromMs?: number;
}

/** Trips as runs. */
export function drivenRuns(trips: readonly Trip[]): DrivenRuns {
  const starts = [0];
  for (const { cells } of trips) starts.push((starts.at(-1) ?? 0) + cells.length);
  return {
    cells: Int32Array.from(trips.flatMap(({ cells }) => cells)),
    starts: Int32Array.from(starts),
    vehicles: Int32Array.from(trips, ({ vehicle }) => vehicle),
    entries: new Int32Array(starts.at(-1) ?? 0),
    timesMs: Float64Array.from(
      trips.flatMap(({ cells, fromMs = 0 }) => cells.map((_, at) => fromMs + at * 60_000)),
    ),
  };
}

/** All items of trips. */
export function itemsOf(trips: readonly Trip[]): TestItems<DrivenRuns> {
  return allItems(drivenRuns(trips));
}

/** Rows of the square city, and columns. */
export const citySide = 10;

/**
 * A city of 10 × 10 cells, numbered from 1 row by row from the north-west. A cell's side is a degree,
 * and a degree 500 m, so that distances are Pythagoras'.
 */
export const squareCity: CellPlaces = {
  size: citySide * citySide,
  centreOf(cell) {
    const { south, west } = this.boundsOf(cell);
    return { latitude: south + 0.5, longitude: west + 0.5 };
  },
  boundsOf(cell) {
    const [row, west] = [Math.floor((cell - 1) / citySide), (cell - 1) % citySide];
    return { south: -row - 1, north: -row, west, east: west + 1 };
  },
  distanceM: (from, to) =>
    500 * Math.hypot(from.latitude - to.latitude, from.longitude - to.longitude),
};

/** The cell of the square city at a row and a column, both from 0. */
export function cellOf(row: number, column: number): number {
  return row * citySide + column + 1;
}
