import { tf } from '../../src/model/tensorflow.js';
import { layerWeights, type NetworkShape } from '../../src/model/training/parameters.js';
import { inProcess, type Contender } from '../engine/contender.js';
import type { ParameterValues } from '../../src/model/training/parameters.js';
import type { TrainingBatch } from '../../src/model/training/training-network.js';

/** Without it tfjs-node draws a progress bar. */
const silent = { verbose: 0 } as const;

/** Where the loss is taken. */
export type LossAt = 'every step' | 'the last step';

type Model = ReturnType<typeof tf.sequential>;

/** The network of a shape, of tfjs-layers' own layers, compiled for `fit`. */
function compiled(shape: NetworkShape, lossAt: LossAt, learningRate: number): Model {
  const { cells, units, depth, steps } = shape;
  const model = tf.sequential();
  model.add(
    tf.layers.embedding({ inputDim: cells, outputDim: units, batchInputShape: [null, steps] }),
  );
  for (let layer = 1; layer <= depth; layer += 1) {
    model.add(
      tf.layers.gru({
        units,
        // An orthogonal matrix takes tfjs-layers a second, and the weights are set anyway.
        recurrentInitializer: 'zeros',
        recurrentActivation: 'sigmoid',
        returnSequences: layer < depth || lossAt === 'every step',
      }),
    );
    if (layer < depth) model.add(tf.layers.layerNormalization());
  }
  const dense = tf.layers.dense({ units: cells, activation: 'softmax' });
  model.add(lossAt === 'every step' ? tf.layers.timeDistributed({ layer: dense }) : dense);
  model.compile({
    optimizer: tf.train.adam(learningRate),
    loss: 'sparseCategoricalCrossentropy',
  });
  return model;
}

/** A batch as tfjs-layers takes it: the batch first. */
function tensorsOf(batch: TrainingBatch, steps: number, lossAt: LossAt) {
  const rows = batch.ids.length / steps;
  return tf.tidy(() => {
    const cells = tf.tensor2d(batch.ids, [steps, rows], 'int32').transpose();
    const all = tf.tensor2d(batch.targets, [steps, rows], 'int32').transpose();
    const targets =
      lossAt === 'every step' ? all.expandDims(2) : all.slice([0, steps - 1], [rows, 1]);
    return { cells, targets: targets.toFloat() };
  });
}

/** `LayersModel.fit` with the same weights. */
export class LayersFit implements Contender {
  readonly name: string;
  readonly #model: Model;
  readonly #steps: number;
  readonly #lossAt: LossAt;
  readonly #batch: (items: number) => TrainingBatch;

  constructor(
    shape: NetworkShape,
    weights: ParameterValues,
    batch: (items: number) => TrainingBatch,
    { lossAt, learningRate }: { readonly lossAt: LossAt; readonly learningRate: number },
  ) {
    this.name = `LayersModel.fit, loss at ${lossAt}`;
    this.#model = compiled(shape, lossAt, learningRate);
    this.#steps = shape.steps;
    this.#lossAt = lossAt;
    this.#batch = batch;
    const tensors = layerWeights(weights, shape).map(({ data, shape: dims }) =>
      tf.tensor(data, [...dims]),
    );
    this.#model.setWeights(tensors);
    for (const tensor of tensors) tensor.dispose();
  }

  /** The mean loss over a batch before a step on it, which is taken. */
  async step(batch: TrainingBatch): Promise<number> {
    const { cells, targets } = tensorsOf(batch, this.#steps, this.#lossAt);
    try {
      const [batchSize] = cells.shape;
      const { history } = await this.#model.fit(cells, targets, { batchSize, ...silent });
      const [loss] = history['loss'] ?? [];
      return typeof loss === 'number' ? loss : NaN;
    } finally {
      cells.dispose();
      targets.dispose();
    }
  }

  prepare(items: number): ReturnType<Contender['prepare']> {
    const batch = this.#batch(items);
    return inProcess(items, () => this.step(batch));
  }

  close(): void {
    this.#model.dispose();
  }
}
