import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileSubModel } from '../../../../src/model/engine/sub-model.js';
import { describeLayers } from '../../../../src/model/network.js';
import { trainedFiles } from '../../../../src/model/training/export.js';
import {
  initialWeights,
  orthogonalMatrix,
} from '../../../../src/model/training/initial-weights.js';
import { learningRateAt } from '../../../../src/model/training/learning-rate.js';
import { seededRandom } from '../../../../src/model/training/random.js';
import { TrainingNetwork, freshState } from '../../../../src/model/training/training-network.js';
import type { NetworkShape } from '../../../../src/model/training/parameters.js';

describe('a trained network', () => {
  it('ranks as files in the inference engine as it did in training', async () => {
    const shape: NetworkShape = { cells: 31, units: 8, depth: 3, steps: 5, dropout: 0.2 };
    const weights = initialWeights(shape, 1);
    const random = seededRandom(2);
    // Biases and scales begin at 0 and 1, which would hide a wrong order.
    for (const values of weights.values()) {
      values.forEach((value, index) => (values[index] = value + 0.3 * random.normal()));
    }
    const windows = Int32Array.from({ length: 16 * shape.steps }, () => random.below(shape.cells));
    const network = new TrainingNetwork(shape, undefined, 5);
    network.setState(freshState(weights));
    const trained = network.rank(windows);
    network.dispose();

    const files = await trainedFiles(shape, weights);
    const model = await compileSubModel(files, {
      from: 0,
      to: describeLayers(files).length,
      topK: 5,
    });
    const [ranking] = model.run([
      { name: 'cells', dtype: 'int32', shape: [16, shape.steps], data: windows },
    ]);
    model.dispose();
    assert.deepEqual([...(ranking?.data ?? [])], [...trained]);
  });
});

describe('a network with inputs beside the cells', () => {
  const shape: NetworkShape = { cells: 9, units: 4, depth: 2, steps: 3, dropout: 0 };
  const wider = { ...shape, extras: [{ name: 'time', size: 6 }] };

  it('begins with the weights of the one without them', () => {
    const weights = initialWeights(wider, 1);
    assert.deepEqual([...(weights.get('embedding/time') ?? [])], new Array(24).fill(0));
    weights.delete('embedding/time');
    assert.deepEqual(weights, initialWeights(shape, 1));
  });

  it('is not exported: the pipeline gives it cells only', async () => {
    await assert.rejects(trainedFiles(wider, initialWeights(wider, 1)), {
      code: 'MODEL_UNSUPPORTED',
      message: /time/,
    });
  });
});

describe('first weights', () => {
  it('have orthogonal state kernels', () => {
    const size = 12;
    const matrix = orthogonalMatrix(size, seededRandom(1));
    for (let a = 0; a < size; a += 1) {
      for (let b = 0; b < size; b += 1) {
        let product = 0;
        for (let i = 0; i < size; i += 1) {
          product += (matrix[a * size + i] ?? 0) * (matrix[b * size + i] ?? 0);
        }
        assert.ok(Math.abs(product - (a === b ? 1 : 0)) < 1e-6);
      }
    }
  });

  it('are the same for the same seed and others for another', () => {
    const shape: NetworkShape = { cells: 4, units: 3, depth: 2, steps: 2, dropout: 0 };
    assert.deepEqual(initialWeights(shape, 1), initialWeights(shape, 1));
    assert.notDeepEqual(initialWeights(shape, 1), initialWeights(shape, 2));
  });
});

describe('the learning rate', () => {
  const schedule = { peak: 2, warmUpSteps: 10 };

  it('rises in a straight line, stays near its peak, and ends at a hundredth of it', () => {
    assert.equal(learningRateAt(schedule, 5, 0), 1);
    assert.equal(learningRateAt(schedule, 10, 0), 2);
    // Half-way down a cosine: the mean of peak and end.
    assert.ok(Math.abs(learningRateAt(schedule, 1000, 0.5) - (2 + 0.02) / 2) < 1e-12);
    assert.ok(Math.abs(learningRateAt(schedule, 1000, 1) - 0.02) < 1e-12);
  });
});
