import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tf } from '../../../../src/model/tensorflow.js';
import { initialWeights } from '../../../../src/model/training/initial-weights.js';
import { layerWeights, parametersOf } from '../../../../src/model/training/parameters.js';
import { seededRandom } from '../../../../src/model/training/random.js';
import {
  TrainingNetwork,
  defaultOptimiser,
  freshState,
} from '../../../../src/model/training/training-network.js';
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

type Layer = InstanceType<typeof tf.layers.Layer>;
type Symbolic = ReturnType<typeof tf.input>;

function applied(layer: Layer, input: Symbolic | Symbolic[]): Symbolic {
  const output = layer.apply(input);
  assert.ok(output instanceof tf.SymbolicTensor);
  return output;
}

/** The same network of tfjs-layers' own layers, with their order as `layerWeights` has it. */
function tfjsNetwork({ cells, units, depth, steps, extras = [] }: NetworkShape) {
  const embeddings = [cells, ...extras.map(({ size }) => size)].map((inputDim) =>
    tf.layers.embedding({ inputDim, outputDim: units }),
  );
  const trunk: Layer[] = [];
  for (let index = 1; index <= depth; index += 1) {
    trunk.push(tf.layers.gru({ units, recurrentActivation: 'sigmoid', returnSequences: true }));
    if (index < depth) trunk.push(tf.layers.layerNormalization());
  }
  trunk.push(tf.layers.timeDistributed({ layer: tf.layers.dense({ units: cells }) }));
  const inputs = embeddings.map(() => tf.input({ shape: [steps] }));
  const rows = embeddings.map((layer, index) => applied(layer, inputs.slice(index, index + 1)));
  const [first = assert.fail('no embedding')] = rows;
  const embedded = rows.length === 1 ? first : applied(tf.layers.add(), rows);
  const outputs = trunk.reduce((input, layer) => applied(layer, input), embedded);
  return {
    model: tf.model({ inputs, outputs }),
    layers: [...embeddings.slice(0, 1), ...trunk, ...embeddings.slice(1)],
  };
}

/** Loss and gradients of tfjs-layers' own network, by tfjs' own differentiation. */
function tfjsGradients(
  shape: NetworkShape,
  batch: TrainingBatch,
  labelSmoothing: number,
): { loss: number; gradients: Float32Array[] } {
  const { cells, steps } = shape;
  const { model, layers } = tfjsNetwork(shape);
  return tf.tidy(() => {
    const values = layerWeights(busyWeights(shape), shape).map(({ data, shape: dims }) =>
      tf.tensor(data, [...dims]),
    );
    for (const layer of layers) layer.setWeights(values.splice(0, layer.weights.length));
    // tfjs wants the batch first.
    const batchFirst = (input: TrainingBatch['ids'] | Float32Array, dtype: 'int32' | 'float32') =>
      tf.tensor2d(input, [steps, batchSize], dtype).transpose();
    const inputs = [batch.ids, ...(batch.extras ?? [])].map((ids) => batchFirst(ids, 'int32'));
    const truths = tf.oneHot(batchFirst(batch.targets, 'int32').flatten().toInt(), cells);
    const targets = truths.mul(1 - labelSmoothing).add(labelSmoothing / cells);
    const weights = batchFirst(batch.weights, 'float32').flatten();
    const { value, grads } = tf.variableGrads(() => {
      const logits = model.apply(inputs, { training: true });
      assert.ok(logits instanceof tf.Tensor);
      const losses = tf.neg(tf.sum(tf.mul(targets, tf.logSoftmax(logits.reshape([-1, cells]))), 1));
      return tf.sum(tf.mul(losses, weights)).asScalar();
    });
    const gradients = layers
      .flatMap((layer) => layer.weights)
      .map((weight) => {
        const data = grads[weight.originalName]?.dataSync() ?? grads[weight.name]?.dataSync();
        assert.ok(data instanceof Float32Array, `tfjs gave no gradient by ${weight.name}`);
        return data;
      });
    return { loss: value.dataSync()[0] ?? NaN, gradients };
  });
}

/** Our loss and every one of our gradients are tfjs' own. */
function assertAsTfjs(shape: NetworkShape, batch: TrainingBatch, labelSmoothing = 0): void {
  const network = new TrainingNetwork(shape, { ...defaultOptimiser, labelSmoothing });
  network.setState(freshState(busyWeights(shape)));
  const { loss, gradients } = network.gradients(batch, 0);
  network.dispose();
  const expected = tfjsGradients(shape, batch, labelSmoothing);
  assert.ok(Math.abs(loss - expected.loss) < 1e-5, `${loss} against ${expected.loss}`);
  // Gradients are laid out as weights are.
  layerWeights(gradients, shape).forEach(({ name, data }, index) => {
    data.forEach((value, at) => {
      const wanted = expected.gradients[index]?.[at] ?? NaN;
      assert.ok(Math.abs(value - wanted) < 1e-5, `${name}[${at}]: ${value}, tfjs ${wanted}`);
    });
  });
}

describe('training gradients', () => {
  const small: NetworkShape = { cells: 7, units: 4, depth: 3, steps: 4, dropout: 0 };

  it("are those of tfjs-layers' own network", () => {
    assertAsTfjs(small, randomBatch(small));
  });

  it('are those of tfjs where labels are smoothed', () => {
    assertAsTfjs(small, randomBatch(small), 0.15);
  });

  it('are those of tfjs where there are inputs beside the cells', () => {
    const extras = [
      { name: 'time', size: 5 },
      { name: 'gap', size: 3 },
    ];
    const random = seededRandom(8);
    const length = small.steps * batchSize;
    const columns = extras.map(({ size }) => Int32Array.from({ length }, () => random.below(size)));
    const shape = { ...small, extras };
    assertAsTfjs(shape, { ...randomBatch(small), extras: columns });
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
