import { z } from 'zod';
import { messageOf } from '../../errors.js';
import { ModelError } from '../errors.js';
import { fileOf, modelJsonPath, parseModelJson } from '../model-files.js';
import { sizeOf } from '../tensor.js';
import { tf } from '../tensorflow.js';
import { pairOf } from './weight-pairs.js';
import type { ModelFiles, ModelJson } from '../model-files.js';
import type { PlannedLayer } from './planned-layers.js';
import type { StoredWeight, WeightPair } from './weight-pairs.js';

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

function decodeAll(files: ModelFiles): Map<string, StoredWeight> {
  try {
    return new Map(
      parseModelJson(files).weightsManifest.flatMap((group) => decodeGroup(group, files)),
    );
  } catch (cause) {
    if (cause instanceof ModelError) throw cause;
    const what = `The weights that ${modelJsonPath} lists can't be read: ${messageOf(cause)}`;
    throw new ModelError('MODEL_FILE_INVALID', what, cause);
  }
}

/**
 * Weights as tfjs-layers files them, or as its converter does, with Keras' names.
 * @throws {ModelError} MODEL_FILE_INVALID, MODEL_FILE_MISSING, MODEL_UNSUPPORTED
 */
export function pairsOfManifest(
  files: ModelFiles,
  layers: readonly PlannedLayer[],
): readonly WeightPair[] {
  const weights = decodeAll(files);
  const shorter = new Map([...weights].map(([name, weight]) => [withoutCell(name), weight]));
  return layers.flatMap(({ converted, variables }) =>
    variables.map((variable) => {
      const stored = weights.get(variable.name) ?? shorter.get(variable.name);
      if (stored) return pairOf(converted, variable, stored);
      throw new ModelError(
        'MODEL_FILE_INVALID',
        `Layer ${converted.name} (${converted.className}) calls for a weight ${variable.name}; ` +
          `${modelJsonPath} lists none.`,
      );
    }),
  );
}
