import { referenceModel } from '../reference.js';
import { ModelError } from '../errors.js';
import { tf } from '../tensorflow.js';
import { fromTfjs } from '../tfjs-model.js';
import { layerWeights } from './parameters.js';
import type { ModelFiles } from '../model-files.js';
import type { NetworkShape, ParameterValues } from './parameters.js';

/**
 * A trained network as files of tfjs-layers: the reference architecture with these weights.
 * @throws {ModelError} MODEL_UNSUPPORTED if it has inputs beside the cells
 */
export async function trainedFiles(
  shape: NetworkShape,
  weights: ParameterValues,
): Promise<ModelFiles> {
  const { cells, units, depth, steps, dropout, extras = [] } = shape;
  if (extras.length > 0) {
    const names = extras.map(({ name }) => name).join(', ');
    throw new ModelError(
      'MODEL_UNSUPPORTED',
      `The network was trained with ${names} beside the cells, and the windower makes windows of cells only: no model is written. Train with --inputs cells for one that the pipeline can run.`,
    );
  }
  const model = referenceModel({ cellCount: cells - 1, units, depth, steps, dropout });
  const tensors = layerWeights(weights, shape).map(({ data, shape: dims }) =>
    tf.tensor(data, [...dims]),
  );
  try {
    model.setWeights(tensors);
    return await fromTfjs(model);
  } finally {
    for (const tensor of tensors) tensor.dispose();
    model.dispose();
  }
}
