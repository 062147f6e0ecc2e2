import { z } from 'zod';
import { ModelError } from '../errors.js';
import { fileOf, modelJsonPath } from '../model-files.js';
import { parsePlainJson } from './plain-json.js';
import { pairsOfManifest } from './tfjs-weights.js';
import type { ModelFiles } from '../model-files.js';
import type { ModelSource } from './source.js';

const modelJsonSchema = z.looseObject({
  format: z.string().nullish(),
  modelTopology: z.looseObject({
    keras_version: z.string().optional(),
    model_config: z.unknown().optional(),
  }),
});

/**
 * A model of tfjs-layers, saved by it or made by its converter.
 * @throws {ModelError} MODEL_FILE_INVALID, MODEL_UNSUPPORTED
 */
export function tfjsSource(files: ModelFiles): ModelSource {
  const json = parsePlainJson(fileOf(files, modelJsonPath).toString('utf8'), modelJsonPath);
  const { data, error } = modelJsonSchema.safeParse(json);
  if (data?.format === 'graph-model') {
    throw new ModelError(
      'MODEL_UNSUPPORTED',
      `${modelJsonPath} holds a graph model, whose layers are gone. Convert the Keras model with ` +
        '--output_format=tfjs_layers_model, or import the Keras file itself.',
    );
  }
  if (!data) {
    const what = `${modelJsonPath} is none of a tfjs-layers model: ${z.prettifyError(error)}`;
    throw new ModelError('MODEL_FILE_INVALID', what, error);
  }
  const { keras_version: version, model_config: inner, ...topology } = data.modelTopology;
  let weightsBytes = 0;
  for (const [path, bytes] of files) if (path !== modelJsonPath) weightsBytes += bytes.length;
  return {
    format: 'tfjs-layers',
    configuration: inner ?? topology,
    dialect: { kerasMajor: version?.startsWith('3.') === true ? 3 : 2 },
    // A byte may be a whole number where weights are quantised.
    weightsBytes: weightsBytes * 4,
    pairWeights: (layers) => pairsOfManifest(files, layers),
    close: () => undefined,
  };
}
