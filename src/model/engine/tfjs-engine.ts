import { tensorsAt } from '../network-tensors.js';
import { readNetwork } from '../network.js';
import { toTfjs } from '../tfjs-model.js';
import { tf } from '../tensorflow.js';
import { checkIds, checkInputs } from './batch.js';
import type { ModelFiles } from '../model-files.js';
import type { Network } from '../network.js';
import type { HostTensor } from '../tensor.js';
import type { SubModel } from './sub-model.js';

function checkAllIds({ layers, takes }: Network, inputs: readonly HostTensor[]): void {
  layers.forEach(({ idCount }, at) => {
    const taken = inputs[takes[at]?.[0] ?? -1];
    if (idCount !== undefined && taken !== undefined) checkIds(taken, idCount);
  });
}

/**
 * The whole network, computed by tfjs-layers' own `predict`: another program than the engine, to
 * check it against. Several times slower.
 * @throws {ModelError} MODEL_FILE_MISSING, MODEL_FILE_INVALID, MODEL_UNSUPPORTED
 */
export async function compileWithTfjs(files: ModelFiles): Promise<SubModel> {
  const network = readNetwork(files);
  const inputs = network.inputs;
  const outputs = tensorsAt(network, network.layers.length);
  const model = await toTfjs(files);
  return {
    ...{ inputs, outputs, keeps: [] },
    run(tensors) {
      const taken = checkInputs(tensors, inputs);
      checkAllIds(network, taken);
      const [items = 0] = taken[0]?.shape ?? [];
      const results = tf.tidy(() => {
        const given = taken.map(({ data, shape, dtype }) => tf.tensor(data, [...shape], dtype));
        const predicted = model.predict(given, { batchSize: Math.max(items, 1) });
        return [predicted].flat().map((result) => Float32Array.from(result.dataSync()));
      });
      return outputs.map(({ name, itemShape }, at) => ({
        ...{ name, dtype: 'float32', shape: [items, ...itemShape] },
        data: results[at] ?? new Float32Array(),
      }));
    },
    dispose: () => void model.dispose(),
  };
}
