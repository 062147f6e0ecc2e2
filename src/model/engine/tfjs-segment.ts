import { loadForeignLayer } from '../layers/foreign.js';
import { tf } from '../tensorflow.js';
import type { ForeignLayer } from '../layers/layer.js';
import type { Segment } from './segment.js';

/**
 * Computes the layers with tfjs-layers, one eager operation after the other.
 * @throws {ModelError} MODEL_UNSUPPORTED, MODEL_FILE_INVALID
 */
export function tfjsSegment(layers: readonly ForeignLayer[]): Segment {
  const models = layers.map(loadForeignLayer);
  return {
    run(input) {
      const output = tf.tidy(() => {
        let value = tf.tensor(input.data, [...input.shape], input.dtype);
        for (const model of models) {
          const [result] = [model.predictOnBatch(value)].flat();
          if (result) value = result;
        }
        return value;
      });
      const data = Float32Array.from(output.dataSync());
      output.dispose();
      return [{ name: 'output', dtype: 'float32', shape: output.shape, data }];
    },
    dispose: () => models.forEach((model) => model.dispose()),
  };
}
