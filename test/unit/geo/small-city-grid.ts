import { Grid } from '../../../src/geo/grid.js';

/** Squares of the small city from north to south, and from west to east. */
export const rows = 8;
export const columns = 8;

/** A city of 64 squares of 500 m, all of which hold a road. */
export const smallCity = Grid.parse({
  name: 'small city',
  version: 1,
  origin: { latitude: 36.4, longitude: 127.3 },
  cellSizeM: 500,
  cellSizeDeg: { latitude: 0.004495, longitude: 0.00558 },
  rows,
  columns,
  occupied: Array<string>(rows).fill('#'.repeat(columns)),
});
