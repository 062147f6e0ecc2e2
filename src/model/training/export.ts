import { referenceModel } from '../reference.js';
import { tf } from '../tensorflow.js';
import { fromTfjs } from '../tfjs-model.js';
import { layerWeights } from './parameters.js';
import type { ModelFiles } from '../model-files.js';
import type { NetworkShape, ParameterValues } from './parameters.js';

/** A trained network as files of tfjs-layers: the reference architecture with these weights. */
export async function trainedFiles(
  shape: NetworkShape,
  weights: ParameterValues,
): Promise<ModelFiles> {
  const { cells, units, depth, steps, dropout } = shape;
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
