import { ModelError } from '../errors.js';
import { Hdf5File } from './hdf5-file.js';
import { pairsByName } from './legacy-weights.js';
import { parsePlainJson } from './plain-json.js';
import type { ModelSource } from './source.js';

function configurationOf(file: Hdf5File, path: string): unknown {
  const text = file.text('/', 'model_config');
  if (text !== undefined) return parsePlainJson(text, `The model_config of ${path}`);
  throw new ModelError(
    'MODEL_FILE_INVALID',
    `${path} has no model_config: it holds weights without the network. Save the whole model, with model.save().`,
  );
}

/**
 * A whole model in an HDF5 file, as Keras 2 writes it, and Keras 3 for the sake of old programs.
 * @throws {ModelError} MODEL_FILE_INVALID
 */
export async function h5Source(bytes: Buffer, path: string): Promise<ModelSource> {
  const file = await Hdf5File.open(bytes, path);
  try {
    const version = file.text('/', 'keras_version') ?? '2';
    return {
      format: `Keras ${version} (HDF5)`,
      configuration: configurationOf(file, path),
      dialect: { kerasMajor: Number.parseInt(version, 10) },
      weightsBytes: bytes.length,
      pairWeights: (layers) => pairsByName(file, layers),
      close: () => file.close(),
    };
  } catch (cause) {
    file.close();
    throw cause;
  }
}
