import { ModelError } from '../errors.js';
import { pairInOrder } from './weight-pairs.js';
import type { Hdf5File } from './hdf5-file.js';
import type { PlannedLayer } from './planned-layers.js';
import type { WeightPair } from './weight-pairs.js';

/** Beyond what an attribute can hold, names go on in `weight_names0`, `weight_names1`, … */
function weightNames(file: Hdf5File, group: string): readonly string[] {
  const whole = file.texts(group, 'weight_names');
  if (whole !== undefined) return whole;
  const names: string[] = [];
  for (let part = 0; ; part += 1) {
    const more = file.texts(group, `weight_names${part}`);
    if (more === undefined) return names;
    names.push(...more);
  }
}

/** `lstm/lstm_cell/kernel:0` to `kernel`. */
function lastOf(name: string): string {
  return (name.split('/').at(-1) ?? name).replace(/:\d+$/, '');
}

/** Weights that look alike are told apart by their order, and it has to be the one of their names. */
function checkOrder(layer: PlannedLayer, names: readonly string[]): void {
  const wanted = layer.variables.map(({ name }) => lastOf(name));
  names.forEach((name, index) => {
    const found = lastOf(name);
    if (found === wanted[index] || !wanted.includes(found)) return;
    throw new ModelError(
      'MODEL_FILE_INVALID',
      `Layer ${layer.converted.name} (${layer.converted.className}) has its weights in another order than ` +
        `Keras': ${names.join(', ')}; expected ${wanted.join(', ')}.`,
    );
  });
}

/**
 * Weights as Keras 2 files them, and Keras 3 in H5 files: `model_weights/LAYER/NAME`, in the order of
 * the layer's attribute `weight_names`.
 * @throws {ModelError} MODEL_FILE_INVALID
 * @see `save_weights_to_hdf5_group` in keras/src/legacy/saving/legacy_h5_format.py
 */
export function pairsByName(
  file: Hdf5File,
  layers: readonly PlannedLayer[],
): readonly WeightPair[] {
  return layers.flatMap((layer) => {
    const { converted, variables } = layer;
    if (variables.length === 0) return [];
    const group = `model_weights/${converted.name}`;
    const names = weightNames(file, group);
    const stored = names.map((name) => file.weight(`${group}/${name}`));
    const pairs = pairInOrder(converted, variables, stored, group);
    checkOrder(layer, names);
    return pairs;
  });
}
