import { ModelError } from '../errors.js';
import { greatestNameLength } from './limits.js';

/** Gives each layer of a network a name that no other has. */
export class LayerNames {
  readonly #taken = new Set<string>();
  readonly #numbers = new Map<string, number>();

  /**
   * The name that is wanted, or that name with a number if it is taken.
   * @throws {ModelError} MODEL_UNSUPPORTED if it is too long
   */
  take(wanted: string): string {
    let number = this.#numbers.get(wanted) ?? 0;
    let name = wanted;
    while (this.#taken.has(name)) {
      number += 1;
      name = `${wanted}_${number}`;
    }
    if (name.length > greatestNameLength) {
      throw new ModelError(
        'MODEL_UNSUPPORTED',
        `The layer ${name.slice(0, 60)}… would have a name of ${name.length} characters, with those of the models ` +
          `around it; at most ${greatestNameLength} are taken. Give the models shorter names.`,
      );
    }
    this.#numbers.set(wanted, number);
    this.#taken.add(name);
    return name;
  }
}
