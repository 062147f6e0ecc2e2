import { z } from 'zod';
import { Hdf5File } from './hdf5-file.js';
import { readKerasArchive } from './keras-archive.js';
import { parsePlainJson } from './plain-json.js';
import { pairsByPath } from './vars-weights.js';
import type { ModelSource } from './source.js';

const metadataSchema = z.object({ keras_version: z.string() });

/**
 * A `.keras` file, Keras 3's own format.
 * @throws {ModelError} MODEL_FILE_INVALID
 */
export async function kerasSource(bytes: Buffer): Promise<ModelSource> {
  const archive = await readKerasArchive(bytes);
  const weightsBytes = archive['model.weights.h5'];
  const configuration = parsePlainJson(archive['config.json'].toString('utf8'), 'config.json');
  const metadata = parsePlainJson(archive['metadata.json'].toString('utf8'), 'metadata.json');
  const version = metadataSchema.safeParse(metadata).data?.keras_version ?? '3';
  const weights = await Hdf5File.open(weightsBytes, 'model.weights.h5');
  return {
    format: `Keras ${version} (.keras)`,
    configuration,
    // Keras 2.12 … 2.15 wrote such files too.
    dialect: { kerasMajor: Number.parseInt(version, 10) },
    weightsBytes: weightsBytes.length,
    pairWeights: (layers) => pairsByPath(weights, layers),
    close: () => weights.close(),
  };
}
