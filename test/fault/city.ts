import { gridPath, type ModelFiles } from '../../src/model/model-files.js';
import { referenceModel } from '../../src/model/reference.js';
import { tf } from '../../src/model/tensorflow.js';
import { fromTfjs } from '../../src/model/tfjs-model.js';
import { rows as cityRows, smallCity, steps } from '../integration/small-city.js';
import { randomFrom, randomiseWeights } from '../unit/model/networks.js';

/** The network knows the cells up to here; the city has two more, at which it throws. */
const knownCells = smallCity.size - 2;

/** Cells that a network can't digest: the fixes that lead there are good, the items are not. */
export const poison = {
  /** Its embedding is not a number. */
  notANumber: knownCells,
  /** It has no embedding: the native gather throws, for the whole batch. */
  throws: smallCity.size - 1,
} as const;

/** Rows of the city in which nothing is poisonous. */
export const goodRows = cityRows - 1;

/**
 * A reference network of 21 layers with random weights for the small city, and two defects in its
 * embedding: see {@link poison}.
 */
export async function faultyModel(): Promise<ModelFiles> {
  const model = referenceModel({ cellCount: knownCells, steps, units: 8 });
  try {
    randomiseWeights(model, randomFrom(11));
    const [embedding] = model.layers;
    const [weights] = embedding?.getWeights() ?? [];
    if (embedding === undefined || weights === undefined) throw new Error('no embedding');
    const [rows = 0, width = 0] = weights.shape;
    const values = Float32Array.from(weights.dataSync());
    values.fill(NaN, poison.notANumber * width, (poison.notANumber + 1) * width);
    embedding.setWeights([tf.tensor2d(values, [rows, width])]);
    const files = await fromTfjs(model);
    return new Map([...files, [gridPath, Buffer.from(JSON.stringify(smallCity))]]);
  } finally {
    model.dispose();
  }
}
