import { longitudeNear } from './longitude.js';
import type { GeoFix } from './fix.js';
import type { Grid } from './grid.js';

/**
 * How a vehicle came into a cell, in classes, of the fix that it was seen in the cell with first.
 * 0 stands for what is not known.
 */
export interface CellEntry {
  /** Which of the cell's 4 × 4 squares: 1 … 16, row by row from the north-west. */
  readonly place: number;
  /** Which of 16 directions: 1 is north, 5 east. */
  readonly heading: number;
  /** 1 is below 2 m/s, 2 below 4 m/s, … 13 is 24 m/s and more. */
  readonly speed: number;
}

/** One more than the highest class of each. */
export const entryClasses: CellEntry = { place: 17, heading: 17, speed: 14 };

const perEdge = 4;
const directions = 16;
const speedStepMps = 2;
/** Classes take a byte each. */
const [headingUnit, speedUnit] = [2 ** 8, 2 ** 16];

/** The entry into a cell with a fix, as one number for {@link readEntry}. */
export function cellEntry(grid: Grid, cell: number, fix: GeoFix): number {
  const { bearingDeg, speedMps } = fix;
  const heading =
    bearingDeg === undefined
      ? 0
      : 1 + ((Math.round((bearingDeg * directions) / 360) + directions) % directions);
  const speed =
    speedMps === undefined
      ? 0
      : Math.min(1 + Math.floor(Math.max(0, speedMps) / speedStepMps), entryClasses.speed - 1);
  return placeIn(grid, cell, fix) + headingUnit * heading + speedUnit * speed;
}

/** The classes of an entry. */
export function readEntry(entry: number): CellEntry {
  return {
    place: entry % headingUnit,
    heading: Math.floor(entry / headingUnit) % headingUnit,
    speed: Math.floor(entry / speedUnit),
  };
}

function placeIn(grid: Grid, cell: number, { latitude, longitude }: GeoFix): number {
  if (cell === 0) return 0;
  const { north, south, west, east } = grid.boundsOf(cell);
  const square = (share: number): number =>
    Math.min(Math.max(Math.floor(share * perEdge), 0), perEdge - 1);
  const row = square((north - latitude) / (north - south));
  const column = square((longitudeNear(longitude, west) - west) / (east - west));
  return 1 + row * perEdge + column;
}
