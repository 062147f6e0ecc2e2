import { ModelError } from '../errors.js';
import { pairInOrder } from './weight-pairs.js';
import type { Hdf5File } from './hdf5-file.js';
import type { WeightOwner } from './weight-owners.js';
import type { StoredWeight, WeightPair } from './weight-pairs.js';

/**
 * `Conv2DTranspose` to `conv2d_transpose`, as Keras names the groups of a weights file.
 * @see `to_snake_case` in keras/src/utils/naming.py
 */
export function snakeCase(className: string): string {
  return className
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

/** The numbered weights of a group, in order; `undefined` if there is no such group. */
function weightsIn(file: Hdf5File, group: string): StoredWeight[] | undefined {
  // Some versions of Keras call the layers of a model by another name.
  const paths = [group, group.replaceAll(/\blayers\b/g, '_layer_checkpoint_dependencies')];
  for (const path of paths) {
    const names = file.namesIn(path);
    if (names === undefined) continue;
    return names
      .filter((name) => /^\d+$/.test(name))
      .sort((a, b) => Number(a) - Number(b))
      .map((name) => file.weight(`${path}/${name}`));
  }
  return undefined;
}

/** Keras 3 notes whose weights they are, in most versions: a check of the count. */
function checkOwner(file: Hdf5File, path: string, { label, path: names }: WeightOwner): void {
  const owner = file.text(`${path}/vars`, 'name');
  if (owner === undefined || owner === names.at(-1)) return;
  throw new ModelError(
    'MODEL_FILE_INVALID',
    `Layer ${label.name} (${label.className}) has its weights at ${path} of model.weights.h5 by ` +
      `the order of layers, but those there are of layer ${owner}. Save the model again.`,
  );
}

function pairLayer(file: Hdf5File, path: string, layer: WeightOwner): readonly WeightPair[] {
  const { label, weightGroups, variables } = layer;
  if (layer.layers) return pairsByPath(file, layer.layers, `${path}/`);
  if (variables.length === 0) return [];
  checkOwner(file, path, layer);
  const groups = weightGroups.map((group) => `${path}/${group}vars`);
  const stored = groups.flatMap((group) => weightsIn(file, group) ?? []);
  return pairInOrder(label, variables, stored, `${groups.join(', ')} of model.weights.h5`);
}

/**
 * Weights as Keras 3 files them: `layers/CLASS/vars/0` and so on, where a second layer of the class has
 * `CLASS_1`, counted over the layers of each model.
 * @throws {ModelError} MODEL_FILE_INVALID
 * @see `_save_container_state` in keras/src/saving/saving_lib.py
 */
export function pairsByPath(
  file: Hdf5File,
  layers: readonly WeightOwner[],
  prefix = '',
): readonly WeightPair[] {
  const counts = new Map<string, number>();
  return layers.flatMap((layer) => {
    const name = snakeCase(layer.label.className);
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    return pairLayer(file, `${prefix}layers/${count === 0 ? name : `${name}_${count}`}`, layer);
  });
}
