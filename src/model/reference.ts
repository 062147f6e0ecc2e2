import { fromTfjs } from './tfjs-model.js';
import { tf } from './tensorflow.js';
import type { Sequential } from '@tensorflow/tfjs-node';
import type { ModelFiles } from './model-files.js';

/** The sizes of the reference architecture. */
export interface ReferenceOptions {
  /** V: the network knows the cells 1…V, and 0 for outside and padding. */
  readonly cellCount: number;
  /** m: cells in a window. Default 20. */
  readonly steps?: number;
  /** Width of the embedding and of each GRU. Default 128. */
  readonly units?: number;
  /** GRU layers; all but the last return sequences. Default 7. */
  readonly depth?: number;
  /** Share of values dropped after each normalisation, in training only. Default 0.1. */
  readonly dropout?: number;
}

/**
 * The reference architecture, with random weights, as a model of tfjs-layers: 21 layers in sequence,
 * Embedding, six times (GRU that returns sequences, LayerNormalization, Dropout), GRU, Dense with
 * softmax. It takes windows of cells (`[batch, steps]`) and gives the probability of each next cell
 * (`[batch, cellCount + 1]`, where the index is the cell).
 *
 * The GRUs are of the kind that TensorFlow's native block op computes: sigmoid gates, and the reset
 * before the product (tfjs-layers knows no other). The caller disposes of the model.
 */
export function referenceModel(options: ReferenceOptions): Sequential {
  const { cellCount, steps = 20, units = 128, depth = 7, dropout = 0.1 } = options;
  const gru = (index: number): ReturnType<typeof tf.layers.gru> =>
    tf.layers.gru({
      name: `gru_${index}`,
      units,
      // tfjs-layers' own default, an orthogonal matrix, takes it a second per layer, and training
      // sets all weights itself.
      recurrentInitializer: 'glorotUniform',
      recurrentActivation: 'sigmoid',
      returnSequences: index < depth,
    });
  const model = tf.sequential({ name: 'next_cell' });
  model.add(
    tf.layers.embedding({
      name: 'embedding',
      inputDim: cellCount + 1,
      outputDim: units,
      batchInputShape: [null, steps],
    }),
  );
  for (let index = 1; index < depth; index += 1) {
    model.add(gru(index));
    model.add(tf.layers.layerNormalization({ name: `norm_${index}` }));
    model.add(tf.layers.dropout({ name: `dropout_${index}`, rate: dropout }));
  }
  model.add(gru(depth));
  model.add(tf.layers.dense({ name: 'scores', units: cellCount + 1, activation: 'softmax' }));
  return model;
}

/** The reference architecture with random weights, as files. */
export async function referenceFiles(options: ReferenceOptions): Promise<ModelFiles> {
  const model = referenceModel(options);
  try {
    return await fromTfjs(model);
  } finally {
    model.dispose();
  }
}
