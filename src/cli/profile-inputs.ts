import { Grid } from '../geo/grid.js';
import { defaultRules } from '../geo/windows.js';
import { gridPath, type ModelFiles } from '../model/model-files.js';
import { readNetwork, type Network } from '../model/network.js';
import { sizeOf, type HostTensor, type TensorSpec } from '../model/tensor.js';
import { seededRandom } from '../model/training/random.js';
import { fleetWindows } from '../producer/fleet-windows.js';

/**
 * What a network is profiled with: windows of the simulated fleet where the model has the grid of
 * the city that the fleet drives in, and random values of the right shape otherwise.
 *
 * @param rows at most; fewer where the fleet's windows are fewer
 */
export function profileInputs(files: ModelFiles, rows: number): HostTensor[] {
  const network = readNetwork(files);
  const [first, ...others] = network.inputs;
  const windows = first && others.length === 0 ? windowsFor(files, first, rows) : null;
  if (windows !== null) return [windows];
  return network.inputs.map((spec, input) => randomInput(network, spec, input, rows));
}

function windowsFor(
  files: ModelFiles,
  { name, dtype, itemShape }: TensorSpec,
  rows: number,
): HostTensor | null {
  const grid = files.get(gridPath);
  const [steps = 0, ...more] = itemShape;
  if (dtype !== 'int32' || grid === undefined || more.length > 0) return null;
  const rules = { ...defaultRules, steps };
  const { cells, count } = fleetWindows(Grid.read(grid), rules, rows, 'profile');
  return count === 0 ? null : { name, dtype, shape: [count, steps], data: cells };
}

function randomInput(
  { layers, takes }: Network,
  { name, dtype, itemShape }: TensorSpec,
  input: number,
  rows: number,
): HostTensor {
  const random = seededRandom(rows);
  const shape = [rows, ...itemShape];
  const idCounts = layers.flatMap(({ idCount }, layer) =>
    idCount !== undefined && takes[layer]?.includes(input) === true ? [idCount] : [],
  );
  const data =
    dtype === 'int32'
      ? Int32Array.from({ length: sizeOf(shape) }, () => random.below(Math.min(...idCounts)))
      : Float32Array.from({ length: sizeOf(shape) }, () => random.normal());
  return { name, dtype, shape, data };
}
