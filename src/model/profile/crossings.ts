import { subModelOf } from '../engine/sub-model.js';
import { readNetwork } from '../network.js';
import { tensorsAt } from '../network-tensors.js';
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
  const network = readNetwork(files);
  const [output, ...outputs] = tensorsAt(network, network.layers.length);
  const [scores = 0, ...others] = output?.itemShape ?? [];
  const isList = outputs.length === 0 && others.length === 0;
  return isList && scores >= topK ? topK : undefined;
}

/**
 * Runs a batch through a network, one layer after the other, and gives what would cross each cut.
 *
 * @param inputs what the network takes
 * @throws {ModelError} as `compileSubModel`
 */
export function* crossings(
  files: ModelFiles,
  inputs: readonly HostTensor[],
  topK: number | undefined,
): Generator<Crossing> {
  const network = readNetwork(files);
  const layers = network.layers.length;
  let there = new Map(inputs.map((input) => [input.name, input]));
  yield { cut: 0, tensors: inputs };
  for (let from = 0; from < layers; from += 1) {
    const to = from + 1;
    const isLast = to === layers;
    const model = subModelOf(network, { from, to, topK: isLast ? topK : undefined });
    const made = model.run(model.inputs.flatMap(({ name }) => there.get(name) ?? []));
    for (const tensor of made) there.set(tensor.name, tensor);
    const names = isLast && topK !== undefined ? made : tensorsAt(network, to);
    const tensors = names.flatMap(({ name }) => there.get(name) ?? []);
    there = new Map(tensors.map((tensor) => [tensor.name, tensor]));
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
