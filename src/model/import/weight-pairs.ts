import { ModelError } from '../errors.js';

/** A weight as the source has it. */
export interface StoredWeight {
  /** Where, for messages: `layers/gru/cell/vars/0 of model.weights.h5`. */
  readonly where: string;
  readonly shape: readonly number[];
  /** Row-major. */
  read(): Float32Array;
}

/** A weight that the network's configuration calls for. */
export interface Variable {
  /** As tfjs-layers names it, such as `gru_1/kernel`. */
  readonly name: string;
  readonly shape: readonly number[];
  /** Whether training changes it: it does not change a moving mean. */
  readonly isTrainable: boolean;
}

/** A weight that is called for, and the one that is there for it. */
export interface WeightPair {
  readonly variable: Variable;
  readonly stored: StoredWeight;
}

/** A layer in messages. */
export interface LayerLabel {
  readonly name: string;
  readonly className: string;
}

function listed(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}

/**
 * Checks that there are as many weights as are called for.
 * @param where the place of all of them, for messages
 * @throws {ModelError} MODEL_FILE_INVALID
 */
export function checkCount(
  { name, className }: LayerLabel,
  variables: readonly Variable[],
  stored: readonly StoredWeight[],
  where: string,
): void {
  if (variables.length === stored.length) return;
  const names = variables.map((variable) => variable.name).join(', ');
  throw new ModelError(
    'MODEL_FILE_INVALID',
    `Layer ${name} (${className}) has ${variables.length} weights by its configuration (${names}), ` +
      `but ${stored.length} at ${where}.`,
  );
}

/**
 * Pairs a layer's weights in order, for Keras and tfjs-layers have the same order.
 * @param where the place of all of them, for messages
 * @throws {ModelError} MODEL_FILE_INVALID if there are more or fewer, or one has another shape
 */
export function pairInOrder(
  label: LayerLabel,
  variables: readonly Variable[],
  stored: readonly StoredWeight[],
  where: string,
): readonly WeightPair[] {
  checkCount(label, variables, stored, where);
  return variables.flatMap((variable, index) => {
    const weight = stored[index];
    return weight === undefined ? [] : [pairOf(label, variable, weight)];
  });
}

/**
 * One pair.
 * @throws {ModelError} MODEL_FILE_INVALID if the shapes differ
 */
export function pairOf(
  { name, className }: LayerLabel,
  variable: Variable,
  stored: StoredWeight,
): WeightPair {
  if (variable.shape.join() !== stored.shape.join()) {
    throw new ModelError(
      'MODEL_FILE_INVALID',
      `Layer ${name} (${className}) calls for a weight ${variable.name} of the shape ` +
        `${listed(variable.shape)}; found ${listed(stored.shape)} at ${stored.where}.`,
    );
  }
  return { variable, stored };
}
