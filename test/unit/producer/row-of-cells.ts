import { Grid } from '../../../src/geo/grid.js';

/** Milliseconds. */
export const minute = 60_000;
/** A Sunday in March 2024. */
export const startMs = 1_709_478_000_000;

/** Cells 1 … 9 in a row from west to east, each about 0.9 km wide. */
export const rowOfCells = Grid.parse({
  name: 'test',
  version: 1,
  origin: { latitude: 36.5, longitude: 127 },
  cellSizeM: 1_000,
  cellSizeDeg: { latitude: 0.01, longitude: 0.01 },
  rows: 1,
  columns: 9,
  occupied: ['#########'],
});
