import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tf } from '../../../../src/model/tensorflow.js';
import { initialWeights } from '../../../../src/model/training/initial-weights.js';
import { layerWeights, parametersOf } from '../../../../src/model/training/parameters.js';
import { seededRandom } from '../../../../src/model/training/random.js';
import { TrainingNetwork, freshState } from '../../../../src/model/training/training-network.js';
import type { NetworkShape } from '../../../../src/model/training/parameters.js';
import type { TrainingBatch } from '../../../../src/model/training/training-network.js';

const batchSize = 3;

/** Random cells and targets; the first row begins with a padding step, which weighs nothing. */
function randomBatch({ cells, steps }: NetworkShape): TrainingBatch {
  const random = seededRandom(5);
  const length = steps * batchSize;
  const ids = Int32Array.from({ length }, () => random.below(cells));
  const targets = Int32Array.from({ length }, () => random.below(cells));
  const weights = new Float32Array(length).fill(1 / (length - 1));
  ids[0] = 0;
  weights[0] = 0;
  return { ids, targets, weights };
}

/** Weights with nothing at zero, so that no gradient is right by accident. */
function busyWeights(shape: NetworkShape): Map<string, Float32Array> {
  const random = seededRandom(9);
  const weights = initialWeights(shape, 3);
  for (const values of weights.values()) {
    values.forEach((value, index) => (values[index] = value + 0.1 * random.normal()));
  }
  return weights;
}

/** Loss and gradients of the same network built of tfjs-layers' own layers. */
function tfjsGradients(
  shape: NetworkShape,
  batch: TrainingBatch,
): { loss: number; gradients: Float32Array[] } {
  const { cells, units, depth, steps } = shape;
  const model = tf.sequential();
  model.add(
    tf.layers.embedding({ inputDim: cells, outputDim: units, batchInputShape: [null, steps] }),
  );
  for (let index = 1; index <= depth; index += 1) {
    model.add(
      tf.layers.gru({
        units,
        recurrentActivation: 'sigmoid',
        returnSequences: true,
      }),
    );
    if (index < depth) model.add(tf.layers.layerNormalization());
  }
  model.add(tf.layers.timeDistributed({ layer: tf.layers.dense({ units: cells }) }));
  return tf.tidy(() => {
    model.setWeights(
      layerWeights(busyWeights(shape), shape).map(({ data, shape: dims }) =>
        tf.tensor(data, [...dims]),
      ),
    );
    // tfjs wants the batch first.
    const batchFirst = (values: TrainingBatch['ids'] | Float32Array, dtype: 'int32' | 'float32') =>
      tf.tensor2d(values, [steps, batchSize], dtype).transpose();
    const ids = batchFirst(batch.ids, 'int32');
    const targets = tf.oneHot(batchFirst(batch.targets, 'int32').flatten().toInt(), cells);
    const weights = batchFirst(batch.weights, 'float32').flatten();
    const { value, grads } = tf.variableGrads(() => {
      const logits = model.apply(ids, { training: true });
      assert.ok(logits instanceof tf.Tensor);
      const losses = tf.neg(tf.sum(tf.mul(targets, tf.logSoftmax(logits.reshape([-1, cells]))), 1));
      return tf.sum(tf.mul(losses, weights)).asScalar();
    });
    const gradients = model.weights.map((weight) => {
      const data = grads[weight.originalName]?.dataSync() ?? grads[weight.name]?.dataSync();
      assert.ok(data instanceof Float32Array, `tfjs gave no gradient by ${weight.name}`);
      return data;
    });
    return { loss: value.dataSync()[0] ?? NaN, gradients };
  });
}

describe('training gradients', () => {
  it("are those of tfjs-layers' own network", () => {
    const shape: NetworkShape = { cells: 7, units: 4, depth: 3, steps: 4, dropout: 0 };
    const batch = randomBatch(shape);
    const network = new TrainingNetwork(shape);
    network.setState(freshState(busyWeights(shape)));
    const { loss, gradients } = network.gradients(batch, 0);
    network.dispose();
    const expected = tfjsGradients(shape, batch);
    assert.ok(Math.abs(loss - expected.loss) < 1e-5, `${loss} against ${expected.loss}`);
    // Gradients are laid out as weights are.
    layerWeights(gradients, shape).forEach(({ name, data }, index) => {
      data.forEach((value, at) => {
        const wanted = expected.gradients[index]?.[at] ?? NaN;
        assert.ok(Math.abs(value - wanted) < 1e-5, `${name}[${at}]: ${value}, tfjs ${wanted}`);
      });
    });
  });

  it('agree with finite differences where dropout is on', () => {
    const shape: NetworkShape = { cells: 5, units: 3, depth: 2, steps: 3, dropout: 0.4 };
    const batch = randomBatch(shape);
    const weights = busyWeights(shape);
    const network = new TrainingNetwork(shape);
    const lossAt = (): number => {
      network.setState(freshState(weights));
      return network.gradients(batch, 11).loss;
    };
    lossAt();
    const { gradients } = network.gradients(batch, 11);
    const delta = 1e-2;
    for (const { name } of parametersOf(shape)) {
      const values = weights.get(name);
      assert.ok(values);
      const at = values.length - 1;
      const before = values[at] ?? NaN;
      values[at] = before + delta;
      const above = lossAt();
      values[at] = before - delta;
      const below = lossAt();
      values[at] = before;
      const slope = (above - below) / (2 * delta);
      const gradient = gradients.get(name)?.[at] ?? NaN;
      assert.ok(Math.abs(slope - gradient) < 1e-3, `${name}: ${gradient}, by differences ${slope}`);
    }
    network.dispose();
  });

  it('drop other activations with another seed, the same ones with the same', () => {
    const shape: NetworkShape = { cells: 5, units: 16, depth: 2, steps: 3, dropout: 0.5 };
    const batch = randomBatch(shape);
    const network = new TrainingNetwork(shape);
    network.setState(freshState(busyWeights(shape)));
    const [first, again, other] = [1, 1, 2].map((seed) => network.gradients(batch, seed).loss);
    network.dispose();
    assert.equal(first, again);
    assert.notEqual(first, other);
  });
});
