import { randomFrom } from './networks.js';
import type { ModelFiles } from '../../../src/model/model-files.js';

/** One recurrent layer of a network under test. */
export interface RecurrentSpec {
  readonly kind: 'GRU' | 'LSTM';
  readonly units: number;
  readonly returnSequences: boolean;
  readonly useBias: boolean;
}

/** A model whose files were made by hand, and its weights by name. */
export interface HandMadeModel {
  readonly files: ModelFiles;
  readonly weights: ReadonlyMap<string, Float32Array>;
}

/** A model's files from its topology and weights in the order of the manifest. */
export function filesOf(modelTopology: unknown, manifest: unknown, weights: Buffer): ModelFiles {
  const weightsManifest = [{ paths: ['weights.bin'], weights: manifest }];
  return new Map([
    ['model.json', Buffer.from(JSON.stringify({ modelTopology, weightsManifest }))],
    ['weights.bin', weights],
  ]);
}

/**
 * A sequence of recurrent layers on an input `[steps, features]`, in Keras' words, with random
 * weights; the GRUs have the reset gate behind the product. The layers are called `layer_0`, ….
 */
export function recurrentModel(
  specs: readonly RecurrentSpec[],
  { steps, features, seed }: { steps: number; features: number; seed: number },
): HandMadeModel {
  const random = randomFrom(seed);
  const weights = new Map<string, Float32Array>();
  const manifest: { name: string; shape: number[]; dtype: string }[] = [];
  const addWeight = (name: string, shape: number[], scale: number): void => {
    const length = shape.reduce((a, b) => a * b, 1);
    weights.set(
      name,
      Float32Array.from({ length }, () => scale * (2 * random() - 1)),
    );
    manifest.push({ name, shape, dtype: 'float32' });
  };
  let width = features;
  const layers = specs.map(({ kind, units, returnSequences, useBias }, index) => {
    const name = `layer_${index}`;
    const gates = (kind === 'GRU' ? 3 : 4) * units;
    addWeight(`${name}/kernel`, [width, gates], 2 / Math.sqrt(width));
    addWeight(`${name}/recurrent_kernel`, [units, gates], 2 / Math.sqrt(units));
    if (useBias) addWeight(`${name}/bias`, kind === 'GRU' ? [2, gates] : [gates], 1);
    width = units;
    const config = {
      name,
      units,
      activation: 'tanh',
      recurrent_activation: 'sigmoid',
      use_bias: useBias,
      return_sequences: returnSequences,
      ...(kind === 'GRU' ? { reset_after: true } : {}),
      ...(index === 0 ? { batch_input_shape: [null, steps, features] } : {}),
    };
    return { class_name: kind, config };
  });
  const topology = { class_name: 'Sequential', config: { name: 'recurrent', layers } };
  const bytes = Buffer.concat([...weights.values()].map(({ buffer }) => Buffer.from(buffer)));
  return { files: filesOf(topology, manifest, bytes), weights };
}
