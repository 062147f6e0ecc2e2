import { z } from 'zod';
import { messageOf } from '../../errors.js';
import { ModelError } from '../errors.js';
import { fileOf, modelJsonPath, parseModelJson } from '../model-files.js';
import { sizeOf } from '../tensor.js';
import { tf } from '../tensorflow.js';
import { leavesOf } from './weight-owners.js';
import { pairOf } from './weight-pairs.js';
import type { ModelFiles, ModelJson } from '../model-files.js';
import type { WeightOwner } from './weight-owners.js';
import type { StoredWeight, Variable, WeightPair } from './weight-pairs.js';

/** `gru_1/gru_cell/kernel`, as Keras writes, to `gru_1/kernel`, as tfjs-layers names it. */
function withoutCell(name: string): string {
  return name.split('/').toSpliced(-2, 1).join('/');
}

type Group = ModelJson['weightsManifest'][number];

/** How tfjs shrinks weights. */
const quantisation = z.object({
  dtype: z.enum(['uint8', 'uint16', 'float16']),
  scale: z.number().optional(),
  min: z.number().optional(),
});
const bytesOf = { uint8: 1, uint16: 2, float16: 2, float32: 4 };

function specOf({ name, shape, dtype, quantization }: Group['weights'][number]) {
  if (dtype !== 'float32') {
    throw new ModelError(
      'MODEL_UNSUPPORTED',
      `Weight ${name} is of the type ${dtype}; only float32 weights can be taken.`,
    );
  }
  if (quantization === undefined) return { spec: { name, shape, dtype }, bytes: sizeOf(shape) * 4 };
  const { dtype: packed, scale, min } = quantisation.parse(quantization);
  const how = {
    dtype: packed,
    ...(scale === undefined ? {} : { scale }),
    ...(min === undefined ? {} : { min }),
  };
  return {
    spec: { name, shape, dtype, quantization: how },
    bytes: sizeOf(shape) * bytesOf[packed],
  };
}

/** tfjs' own decoding of a group of weights, which makes floats of quantised ones. */
function decodeGroup({ paths, weights }: Group, files: ModelFiles): [string, StoredWeight][] {
  const shards = Buffer.concat(paths.map((path) => fileOf(files, path)));
  const specs = weights.map(specOf);
  const listed = specs.reduce((sum, { bytes }) => sum + bytes, 0);
  if (listed !== shards.length) {
    throw new ModelError(
      'MODEL_FILE_INVALID',
      `${paths.join(', ')}: ${shards.length} bytes, but ${modelJsonPath} lists weights of ${listed} bytes.`,
    );
  }
  const bytes = shards.buffer.slice(shards.byteOffset, shards.byteOffset + shards.length);
  const decoded = tf.io.decodeWeights(
    bytes,
    specs.map(({ spec }) => spec),
  );
  return Object.entries(decoded).map(([name, tensor]) => {
    const values = Float32Array.from(tensor.dataSync());
    tensor.dispose();
    return [
      name,
      { where: `${name} of ${paths.join(', ')}`, shape: tensor.shape, read: () => values },
    ];
  });
}

/** Two layers of one name, in models of their own, have one weight between them on record. */
function checkNames(groups: readonly Group[]): void {
  const seen = new Set<string>();
  for (const { name } of groups.flatMap(({ weights }) => weights)) {
    if (seen.has(name)) {
      throw new ModelError(
        'MODEL_FILE_INVALID',
        `${modelJsonPath} lists two weights of the name ${name}. Give the layers different names, and save the model again.`,
      );
    }
    seen.add(name);
  }
}

function decodeAll(files: ModelFiles): Map<string, StoredWeight> {
  try {
    const groups = parseModelJson(files).weightsManifest;
    checkNames(groups);
    return new Map(groups.flatMap((group) => decodeGroup(group, files)));
  } catch (cause) {
    if (cause instanceof ModelError) throw cause;
    const what = `The weights that ${modelJsonPath} lists can't be read: ${messageOf(cause)}`;
    throw new ModelError('MODEL_FILE_INVALID', what, cause);
  }
}

/**
 * What the source may call a weight: `dense/kernel`, whatever the models around the layer, or by some
 * of their names too, `block/dense/kernel`; the longest first.
 */
function sourceNames({ name }: Variable, { label, path }: WeightOwner): string[] {
  return path.map((_, from) => name.replaceAll(label.name, path.slice(from).join('/')));
}

function checkUsedOnce(pairs: readonly WeightPair[]): void {
  const users = new Map<StoredWeight, string>();
  for (const { stored, variable } of pairs) {
    const other = users.get(stored);
    if (other !== undefined) {
      throw new ModelError(
        'MODEL_FILE_INVALID',
        `Both ${other} and ${variable.name} would be ${stored.where}. Give the layers different names, and save the model again.`,
      );
    }
    users.set(stored, variable.name);
  }
}

/**
 * Weights as tfjs-layers files them, or as its converter does, with Keras' names.
 * @throws {ModelError} MODEL_FILE_INVALID, MODEL_FILE_MISSING, MODEL_UNSUPPORTED
 */
export function pairsOfManifest(
  files: ModelFiles,
  layers: readonly WeightOwner[],
): readonly WeightPair[] {
  const weights = decodeAll(files);
  const shorter = new Map([...weights].map(([name, weight]) => [withoutCell(name), weight]));
  const pair = (owner: WeightOwner, variable: Variable): WeightPair => {
    const names = sourceNames(variable, owner);
    const found = [weights, shorter].flatMap((known) => names.map((name) => known.get(name)));
    const stored = found.find((weight) => weight !== undefined);
    if (stored) return pairOf(owner.label, variable, stored);
    throw new ModelError(
      'MODEL_FILE_INVALID',
      `Layer ${owner.label.name} (${owner.label.className}) calls for a weight ${names.join(' or ')}; ` +
        `${modelJsonPath} lists none.`,
    );
  };
  const pairs = layers
    .flatMap(leavesOf)
    .flatMap((owner) => owner.variables.map((variable) => pair(owner, variable)));
  checkUsedOnce(pairs);
  return pairs;
}
