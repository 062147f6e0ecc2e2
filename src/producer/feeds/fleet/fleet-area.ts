import type { Grid } from '../../../geo/grid.js';

/** The box that all roads of the simulated fleet lie in: those of Daejeon. Degrees. */
export const fleetBounds = { south: 36.193, west: 127.248, north: 36.495, east: 127.534 };

/** Whether a grid has anything of the city that the simulated fleet drives in. */
export function fleetDrivesIn(grid: Grid): boolean {
  const { origin, cellSizeDeg, rows, columns } = grid.toJSON();
  return (
    origin.latitude > fleetBounds.south &&
    origin.latitude - rows * cellSizeDeg.latitude < fleetBounds.north &&
    origin.longitude < fleetBounds.east &&
    origin.longitude + columns * cellSizeDeg.longitude > fleetBounds.west
  );
}
