import { subModelOf } from '../engine/sub-model.js';
import { readNetwork } from '../network.js';
import type { ModelFiles } from '../model-files.js';
import type { HostTensor } from '../tensor.js';
import { RepeatedRows } from './repeated-rows.js';

/** Layers that can be run for the sake of their work alone. */
export interface LayerWork {
  /** Runs them for so many items. */
  run(items: number): void;
  dispose(): void;
}

/** As many as leave a processor's caches as a sub-model does. */
const count = 3;

/**
 * Loads a few layers from the middle of a network.
 *
 * @param inputs some rows of what crosses the cut before each layer
 * @throws {ModelError} as `compileSubModel`
 */
export function middleLayers(
  files: ModelFiles,
  inputs: readonly (readonly HostTensor[])[],
): LayerWork {
  const network = readNetwork(files);
  const layers = network.layers.length;
  const from = Math.max(0, Math.floor((layers - count) / 2));
  const model = subModelOf(network, { from, to: Math.min(layers, from + count) });
  const taken = model.inputs.flatMap(
    (spec) => inputs[from]?.find(({ name }) => name === spec.name) ?? [],
  );
  const rows = new RepeatedRows();
  return {
    run: (items) => void model.run(taken.map((tensor) => rows.batch(tensor, items))),
    dispose: () => model.dispose(),
  };
}
