import { ModelError } from '../errors.js';
import type { LayerEntry } from './layer-entry.js';

/** Collects what can't be taken, so that a user hears of all of it at once. */
export class Refusals {
  readonly #lines: string[] = [];

  /** @param why a sentence without its subject, the layer */
  add({ name, className }: Pick<LayerEntry, 'name' | 'className'>, why: string): void {
    this.#lines.push(`- ${name} (${className}) ${why}`);
  }

  /** @throws {ModelError} MODEL_UNSUPPORTED if there are any */
  throwIfAny(): void {
    if (this.#lines.length === 0) return;
    const [these, them] = this.#lines.length === 1 ? ['This', 'it'] : ['These', 'them'];
    throw new ModelError(
      'MODEL_UNSUPPORTED',
      `${these} can't be imported:\n${this.#lines.join('\n')}\nReplace ${them} in the model, and save it again.`,
    );
  }
}
