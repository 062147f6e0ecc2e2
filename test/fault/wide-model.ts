import { gridPath, type ModelFiles } from '../../src/model/model-files.js';
import { tf } from '../../src/model/tensorflow.js';
import { fromTfjs } from '../../src/model/tfjs-model.js';
import { smallCity, steps } from '../integration/small-city.js';

const width = 2_048;
const units = 512;

/** Bytes of an item behind the first layer. */
export const wideItemBytes = steps * width * 4;

/** A network whose first layer is quick and gives much, and whose second takes its time over it. */
export async function wideModel(): Promise<ModelFiles> {
  const cells = smallCity.size + 1;
  const model = tf.sequential();
  try {
    const embedding = { inputDim: cells, outputDim: width, batchInputShape: [null, steps] };
    model.add(tf.layers.embedding(embedding));
    const recurrentInitializer = 'glorotUniform';
    model.add(tf.layers.gru({ units, recurrentInitializer, recurrentActivation: 'sigmoid' }));
    model.add(tf.layers.dense({ units: cells, activation: 'softmax' }));
    const files = await fromTfjs(model);
    return new Map([...files, [gridPath, Buffer.from(JSON.stringify(smallCity))]]);
  } finally {
    model.dispose();
  }
}
