import type { LayersModel } from '@tensorflow/tfjs-node';
import { messageOf } from '../errors.js';
import { ModelError } from './errors.js';
import { fileOf, modelJsonPath, parseModelJson } from './model-files.js';
import { tf } from './tensorflow.js';
import type { ModelFiles } from './model-files.js';

const weightsPath = 'weights.bin';

/** A tfjs-layers model as files: `model.json` and one `weights.bin`. Same model, same bytes. */
export async function fromTfjs(model: LayersModel): Promise<ModelFiles> {
  const files = new Map<string, Buffer>();
  await model.save(
    tf.io.withSaveHandler((artifacts) => {
      const { modelTopology, weightSpecs, weightData, format, generatedBy, convertedBy } =
        artifacts;
      const weightsManifest = [{ paths: [weightsPath], weights: weightSpecs }];
      const modelJson = { format, generatedBy, convertedBy, modelTopology, weightsManifest };
      files.set(modelJsonPath, Buffer.from(`${JSON.stringify(modelJson)}\n`));
      files.set(weightsPath, Buffer.from(tf.io.CompositeArrayBuffer.join(weightData)));
      return Promise.resolve({
        modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' as const },
      });
    }),
  );
  return files;
}

/**
 * The files as a tfjs-layers model, as any other program would load them. The caller disposes of it.
 * @throws {ModelError} MODEL_FILE_MISSING, MODEL_FILE_INVALID
 */
export async function toTfjs(files: ModelFiles): Promise<LayersModel> {
  const { modelTopology, weightsManifest } = parseModelJson(files);
  const weights = Buffer.concat(
    weightsManifest.flatMap(({ paths }) => paths.map((path) => fileOf(files, path))),
  );
  const artifacts = {
    modelTopology: Object(modelTopology) as object,
    weightSpecs: weightsManifest.flatMap((group) =>
      group.weights.map(({ name, shape, dtype }) => ({ name, shape, dtype })),
    ),
    weightData: weights.buffer.slice(weights.byteOffset, weights.byteOffset + weights.byteLength),
  };
  try {
    return await tf.loadLayersModel({ load: () => Promise.resolve(artifacts) });
  } catch (cause) {
    throw new ModelError(
      'MODEL_FILE_INVALID',
      `tfjs-layers can't load ${modelJsonPath}: ${messageOf(cause)}`,
      cause,
    );
  }
}
