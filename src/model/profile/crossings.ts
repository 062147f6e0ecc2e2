import { compileSubModel } from '../engine/sub-model.js';
import { describeLayers } from '../network.js';
import { sizeOf, type HostTensor } from '../tensor.js';
import type { ModelFiles } from '../model-files.js';

/** What goes over a cut when a batch goes through a network. */
export interface Crossing {
  /** The cut before this layer; the number of layers for what comes out at the end. */
  readonly cut: number;
  /** Valid until the next crossing is asked for. */
  readonly tensors: readonly HostTensor[];
}

/** Where the network gives a list of scores of at least `topK`, the best of them is what it gives. */
export function topKOf(files: ModelFiles, topK: number): number | undefined {
  const [scores = 0, ...others] = describeLayers(files).at(-1)?.outputShape ?? [];
  return others.length === 0 && scores >= topK ? topK : undefined;
}

/**
 * Runs a batch through a network, one layer after the other, and gives what would cross each cut.
 *
 * @param input what the first layer takes
 * @throws {ModelError} as `compileSubModel`
 */
export async function* crossings(
  files: ModelFiles,
  input: HostTensor,
  topK: number | undefined,
): AsyncGenerator<Crossing> {
  const layers = describeLayers(files).length;
  const known = new Map([[input.name, input]]);
  yield { cut: 0, tensors: [input] };
  for (let from = 0; from < layers; from += 1) {
    const to = from + 1;
    const model = await compileSubModel(files, {
      from,
      to,
      topK: to === layers ? topK : undefined,
    });
    const taken = model.inputs.flatMap(({ name }) => known.get(name) ?? []);
    const tensors = model.run(taken);
    for (const tensor of tensors) known.set(tensor.name, tensor);
    yield { cut: to, tensors };
    model.dispose();
  }
}

/** The first rows of a tensor, in memory of their own. */
export function firstRows(tensor: HostTensor, rows: number): HostTensor {
  const [there = 0, ...itemShape] = tensor.shape;
  const kept = Math.min(rows, there);
  const data = tensor.data.slice(0, kept * sizeOf(itemShape));
  return { ...tensor, shape: [kept, ...itemShape], data };
}
