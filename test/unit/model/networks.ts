import type { LayersModel } from '@tensorflow/tfjs-node';
import type { HostTensor } from '../../../src/model/tensor.js';
import { compileSubModel } from '../../../src/model/engine/sub-model.js';
import { subModelRanges } from '../../../src/partition/cuts.js';
import { readNetwork } from '../../../src/model/network.js';
import { referenceModel } from '../../../src/model/reference.js';
import { tf } from '../../../src/model/tensorflow.js';
import { fromTfjs } from '../../../src/model/tfjs-model.js';
import type { ModelFiles } from '../../../src/model/model-files.js';
import type { SubModel, SubModelOptions } from '../../../src/model/engine/sub-model.js';

/** Sizes of a reference network that is quick to make and to run; none is a multiple of 8. */
export const small = { cellCount: 45, steps: 5, units: 12 };

/** Pseudo-random numbers from 0 to 1 (mulberry32), so that a failure can be repeated. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Gives every weight of a model a random value far from zero, biases and normalisations included:
 * with the initial ones and zeros, a swapped weight would go unseen.
 */
export function randomiseWeights(model: LayersModel, random: () => number): void {
  tf.tidy(() => {
    for (const layer of model.layers) {
      layer.setWeights(
        layer.getWeights().map((weight) => {
          const data = Float32Array.from({ length: weight.size }, () => 2 * random() - 1);
          const scale =
            2 / Math.sqrt(weight.shape.length > 1 ? weight.size / (weight.shape.at(-1) ?? 1) : 4);
          return tf.tensor(data, weight.shape).mul(scale);
        }),
      );
    }
  });
}

/** A reference network with random weights. */
export async function randomNetwork(options: typeof small, seed: number): Promise<ModelFiles> {
  const model = referenceModel(options);
  randomiseWeights(model, randomFrom(seed));
  const files = await fromTfjs(model);
  model.dispose();
  return files;
}

/** Random windows of cells, as the windower sends them. */
export function randomWindows(items: number, options: typeof small, seed: number): HostTensor {
  const random = randomFrom(seed);
  const { steps, cellCount } = options;
  const data = Int32Array.from({ length: items * steps }, () =>
    Math.floor(random() * (cellCount + 1)),
  );
  return { name: 'cells', dtype: 'int32', shape: [items, steps], data };
}

/** The rows of a tensor that `order` names, in that order. */
export function pickRows(tensor: HostTensor, order: readonly number[]): HostTensor {
  const rowSize = tensor.data.length / (tensor.shape[0] ?? 1);
  const rows = order.flatMap((row) => [
    ...tensor.data.subarray(row * rowSize, (row + 1) * rowSize),
  ]);
  return {
    ...tensor,
    shape: [order.length, ...tensor.shape.slice(1)],
    data: tensor.dtype === 'int32' ? Int32Array.from(rows) : Float32Array.from(rows),
  };
}

/** Runs one network cut in many ways; sub-models are made once. */
export class CutNetwork {
  readonly #files: ModelFiles;
  readonly #parts = new Map<string, SubModel>();

  constructor(files: ModelFiles) {
    this.#files = files;
  }

  get layerCount(): number {
    return readNetwork(this.#files).layers.length;
  }

  /** The outputs of the last of the sub-models that cuts make. */
  async run(cuts: readonly number[], input: HostTensor, topK?: number): Promise<HostTensor[]> {
    const { layerCount } = this;
    let tensors: HostTensor[] = [input];
    for (const { from, to } of subModelRanges(cuts, layerCount)) {
      const part = await this.#part({ from, to, topK: to === layerCount ? topK : undefined });
      tensors = part.run(tensors);
    }
    return tensors;
  }

  dispose(): void {
    for (const part of this.#parts.values()) part.dispose();
    this.#parts.clear();
  }

  async #part(options: SubModelOptions): Promise<SubModel> {
    const key = JSON.stringify(options);
    const known = this.#parts.get(key);
    if (known) return known;
    const part = await compileSubModel(this.#files, options);
    this.#parts.set(key, part);
    return part;
  }
}

/** Runs a sub-model on one tensor and gives its first output. */
export function runOne(model: SubModel, input: HostTensor): HostTensor {
  const [output] = model.run([input]);
  if (!output) throw new Error('no output');
  return output;
}
