import { Grid } from '../geo/grid.js';
import { defaultRules } from '../geo/windows.js';
import { gridPath, type ModelFiles } from '../model/model-files.js';
import { networkInput } from '../model/engine/ports.js';
import { readNetwork } from '../model/network.js';
import { sizeOf, type HostTensor } from '../model/tensor.js';
import { seededRandom } from '../model/training/random.js';
import { fleetWindows } from '../producer/fleet-windows.js';

/**
 * What a network is profiled with: windows of the simulated fleet where the model has the grid of
 * the city that the fleet drives in, and random values of the right shape otherwise.
 *
 * @param rows at most; fewer where the fleet's windows are fewer
 */
export function profileInput(files: ModelFiles, rows: number): HostTensor {
  const network = readNetwork(files);
  const { name, dtype, itemShape } = networkInput(network);
  const grid = files.get(gridPath);
  const [steps = 0, ...more] = itemShape;
  if (dtype === 'int32' && grid !== undefined && more.length === 0) {
    const { cells, count } = fleetWindows(
      Grid.read(grid),
      { ...defaultRules, steps },
      rows,
      'profile',
    );
    if (count > 0) return { name, dtype, shape: [count, steps], data: cells };
  }
  const random = seededRandom(rows);
  const shape = [rows, ...itemShape];
  const idCount = network.layers[0]?.idCount ?? 1;
  const data =
    dtype === 'int32'
      ? Int32Array.from({ length: sizeOf(shape) }, () => random.below(idCount))
      : Float32Array.from({ length: sizeOf(shape) }, () => random.normal());
  return { name, dtype, shape, data };
}
