import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Grid } from '../../src/geo/grid.js';
import { defaultRules, VehicleMap } from '../../src/geo/windows.js';
import { gridPath } from '../../src/model/model-files.js';
import { createFleet } from '../../src/producer/feeds/fleet/fleet.js';
import { projectDir } from '../../src/project-dir.js';

/** Windows of vehicles, as the windower makes them. */
export interface Windows {
  /** `[count, steps] int32` */
  readonly cells: Int32Array;
  readonly count: number;
  readonly steps: number;
}

/** The model that the benches run: that of the project. */
export const modelFolder = join(projectDir(), 'models', 'daejeon');

/** The grid of the project's model. */
export function daejeonGrid(): Grid {
  return Grid.read(readFileSync(join(modelFolder, gridPath)));
}

/** Fixes at the beginning, when every taxi's window is short, that are passed over. */
const warmUpFixes = 20_000;

/** Windows of a fleet that the network has not been trained on. */
export function realWindows(count: number, seed: string): Windows {
  const { steps } = defaultRules;
  const vehicles = new VehicleMap(daejeonGrid(), defaultRules);
  const cells = new Int32Array(count * steps);
  let fixes = 0;
  let row = 0;
  for (const fix of createFleet({ seed, vehicles: 200 })) {
    fixes += 1;
    const outcome = vehicles.take(fix, fix.eventTimeMs);
    if (fixes <= warmUpFixes || outcome.kind !== 'entered') continue;
    cells.set(outcome.window, row * steps);
    row += 1;
    if (row === count) break;
  }
  return { cells, count, steps };
}
