import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Grid } from '../../src/geo/grid.js';
import { defaultRules } from '../../src/geo/windows.js';
import { gridPath } from '../../src/model/model-files.js';
import { fleetWindows, type Windows } from '../../src/producer/fleet-windows.js';
import { projectDir } from '../../src/project-dir.js';

export type { Windows } from '../../src/producer/fleet-windows.js';

/** The model that the benches run: that of the project. */
export const modelFolder = join(projectDir(), 'models', 'daejeon');

/** The grid of the project's model. */
export function daejeonGrid(): Grid {
  return Grid.read(readFileSync(join(modelFolder, gridPath)));
}

/** Windows of a fleet that the network has not been trained on. */
export function realWindows(count: number, seed: string): Windows {
  return fleetWindows(daejeonGrid(), defaultRules, count, seed);
}
