import type { Grid } from '../geo/grid.js';
import { VehicleMap, type WindowRules } from '../geo/windows.js';
import { fleetDrivesIn } from './feeds/fleet/fleet-area.js';
import { createFleet } from './feeds/fleet/fleet.js';

/** Windows of vehicles, as the windower makes them. */
export interface Windows {
  /** `[count, steps] int32` */
  readonly cells: Int32Array;
  readonly count: number;
  readonly steps: number;
}

/** Fixes at the beginning, when every taxi's window is short, that are passed over. */
const warmUpFixes = 20_000;

/** A city's windows come long before; on a grid that has next to nothing of the city, never. */
const mostFixes = 400_000;

/**
 * The first windows of a simulated fleet that drives already.
 *
 * @param count at most; fewer on a grid that has little of Daejeon, 0 on that of another city
 */
export function fleetWindows(grid: Grid, rules: WindowRules, count: number, seed: string): Windows {
  const { steps } = rules;
  if (!fleetDrivesIn(grid)) return { cells: new Int32Array(0), count: 0, steps };
  const vehicles = new VehicleMap(grid, rules);
  const cells = new Int32Array(count * steps);
  let fixes = 0;
  let row = 0;
  for (const fix of createFleet({ seed, vehicles: 200 })) {
    fixes += 1;
    const outcome = vehicles.take(fix, fix.eventTimeMs);
    if (fixes <= warmUpFixes || outcome.kind !== 'entered') continue;
    cells.set(outcome.window, row * steps);
    row += 1;
    if (row === count || fixes === mostFixes) break;
  }
  return { cells: cells.subarray(0, row * steps), count: row, steps };
}
