import { readNetwork } from '../network.js';
import { toTfjs } from '../tfjs-model.js';
import { tf } from '../tensorflow.js';
import { checkIds, checkInput } from './batch.js';
import { networkInput, networkOutput } from './ports.js';
import type { ModelFiles } from '../model-files.js';
import type { SubModel } from './sub-model.js';

/**
 * The whole network, computed by tfjs-layers' own `predict`: another program than the engine, to
 * check it against. Several times slower.
 * @throws {ModelError} MODEL_FILE_MISSING, MODEL_FILE_INVALID, MODEL_UNSUPPORTED
 */
export async function compileWithTfjs(files: ModelFiles): Promise<SubModel> {
  const network = readNetwork(files);
  const [input, output] = [networkInput(network), networkOutput(network)];
  const idCount = network.layers[0]?.idCount;
  const model = await toTfjs(files);
  return {
    inputs: [input],
    outputs: [output],
    run(tensors) {
      const { data, shape, dtype } = checkInput(tensors, input);
      if (idCount !== undefined) checkIds({ name: input.name, data, shape, dtype }, idCount);
      const [items = 0] = shape;
      const result = tf.tidy(() => {
        const [first] = [
          model.predict(tf.tensor(data, [...shape], dtype), { batchSize: Math.max(items, 1) }),
        ].flat();
        return first?.dataSync();
      });
      return [
        {
          name: output.name,
          dtype: 'float32',
          shape: [items, ...output.itemShape],
          data: Float32Array.from(result ?? []),
        },
      ];
    },
    dispose: () => void model.dispose(),
  };
}
