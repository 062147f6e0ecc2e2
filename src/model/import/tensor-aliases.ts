import type { TensorOfLayer } from './layer-entry.js';

function keyOf([layer, call, output]: TensorOfLayer): string {
  return `${call} ${output} ${layer}`;
}

/** Tensors that have several names: what a model is given is what its input gives, and so on. */
export class TensorAliases {
  readonly #origins = new Map<string, TensorOfLayer>();

  /** Says that one tensor is another one. No tensor may be said to be itself, by however many steps. */
  set(alias: TensorOfLayer, origin: TensorOfLayer): void {
    this.#origins.set(keyOf(alias), origin);
  }

  /** The tensor that is no alias. Asked again, it is found in one step, however many there were. */
  resolve(tensor: TensorOfLayer): TensorOfLayer {
    const passed: string[] = [];
    let origin = tensor;
    for (;;) {
      const key = keyOf(origin);
      const next = this.#origins.get(key);
      if (next === undefined) break;
      passed.push(key);
      origin = next;
    }
    for (const key of passed) this.#origins.set(key, origin);
    return origin;
  }
}
