import { ModelError } from '../errors.js';
import { leavesOf } from './weight-owners.js';
import { checkCount, pairOf } from './weight-pairs.js';
import type { Hdf5File } from './hdf5-file.js';
import type { WeightOwner } from './weight-owners.js';
import type { Variable, WeightPair } from './weight-pairs.js';

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

/** A weight, and which layer calls for it. */
interface Call {
  readonly owner: WeightOwner;
  readonly variable: Variable;
}

/**
 * The weights of a layer or of a model in the order in which Keras files them: those that training
 * changes first. Of a model that is not trained at all, they come as its layers do.
 * @see `_legacy_weights` in keras/src/legacy/saving/legacy_h5_format.py
 */
function callsInOrder(whole: WeightOwner): readonly Call[] {
  const calls = leavesOf(whole).flatMap((owner) =>
    owner.variables.map((variable) => ({ owner, variable })),
  );
  if (!whole.isTrainable) return calls;
  const isTrained = ({ owner, variable }: Call): boolean =>
    owner.isTrainable && variable.isTrainable;
  return [...calls.filter(isTrained), ...calls.filter((call) => !isTrained(call))];
}

function nameOf({ path }: WeightOwner): string {
  return path.at(-1) ?? '';
}

/** Weights that look alike are told apart by their order, and it has to be the one of their names. */
function checkOrder(whole: WeightOwner, calls: readonly Call[], names: readonly string[]): void {
  const wanted = calls.map(({ variable }) => lastOf(variable.name));
  const layers = new Set(leavesOf(whole).map(nameOf));
  calls.forEach(({ owner }, index) => {
    const name = names[index] ?? '';
    const found = lastOf(name);
    const isAnothers =
      !`/${name}`.includes(`/${nameOf(owner)}/`) &&
      name.split('/').some((part) => layers.has(part));
    const isOwn =
      found === wanted[index] || !owner.variables.some(({ name: own }) => lastOf(own) === found);
    if (isOwn && !isAnothers) return;
    const order = calls.map((call, at) => `${nameOf(call.owner)}/${wanted[at] ?? ''}`);
    throw new ModelError(
      'MODEL_FILE_INVALID',
      `Layer ${whole.label.name} (${whole.label.className}) has its weights in another order than ` +
        `Keras': ${names.join(', ')}; expected ${order.join(', ')}.`,
    );
  });
}

/**
 * Weights as Keras 2 files them, and Keras 3 in H5 files: `model_weights/LAYER/NAME`, in the order of
 * the layer's attribute `weight_names`. A model's weights are all in one such group.
 * @throws {ModelError} MODEL_FILE_INVALID
 * @see `save_weights_to_hdf5_group` in keras/src/legacy/saving/legacy_h5_format.py
 */
export function pairsByName(file: Hdf5File, layers: readonly WeightOwner[]): readonly WeightPair[] {
  return layers.flatMap((layer) => {
    const calls = callsInOrder(layer);
    if (calls.length === 0) return [];
    const group = `model_weights/${layer.path.join('/')}`;
    const names = weightNames(file, group);
    const stored = names.map((name) => file.weight(`${group}/${name}`));
    const variables = calls.map(({ variable }) => variable);
    checkCount(layer.label, variables, stored, group);
    checkOrder(layer, calls, names);
    return calls.flatMap(({ owner, variable }, index) => {
      const weight = stored[index];
      return weight === undefined ? [] : [pairOf(owner.label, variable, weight)];
    });
  });
}
