import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { compileSubModel } from '../../../src/model/engine/sub-model.js';
import { describeLayers } from '../../../src/model/network.js';
import { modelDigest, saveModelFiles } from '../../../src/model/model-files.js';
import { referenceFiles, referenceModel } from '../../../src/model/reference.js';
import { tf } from '../../../src/model/tensorflow.js';
import { fromTfjs } from '../../../src/model/tfjs-model.js';
import { balanced } from '../../../src/partition/balanced.js';
import { randomNetwork, randomWindows, runOne, small } from './networks.js';

describe('the reference architecture', () => {
  it('has the 21 layers, shapes and costs that follow from its sizes', async () => {
    const layers = describeLayers(await referenceFiles({ cellCount: 1455, units: 16, steps: 20 }));
    assert.deepEqual(
      layers.map(({ className }) => className),
      [
        'Embedding',
        ...Array.from({ length: 6 }, () => ['GRU', 'LayerNormalization', 'Dropout']).flat(),
        'GRU',
        'Dense',
      ],
    );
    // By hand: 1456 × 16 floats; (16 + 16 + 1) × 48 floats; 2 × 16; (16 + 1) × 1456.
    const weights = [93_184, 6_336, 128, 0, 6_336, 99_008];
    assert.deepEqual(
      [0, 1, 2, 3, 19, 20].map((index) => layers[index]?.weightsBytes),
      weights,
    );
    const outputs = [1280, 1280, 1280, 1280, 64, 5824];
    assert.deepEqual(
      [0, 1, 2, 3, 19, 20].map((index) => layers[index]?.outputBytes),
      outputs,
    );
    assert.deepEqual(layers[1]?.outputShape, [20, 16]);
    // A GRU has 20 steps of 2 × 32 × 48 for the products and 10 × 16 for the rest.
    assert.deepEqual(
      layers.slice(0, 4).map(({ flops }) => flops),
      [0, 20 * (3_072 + 160), 8 * 20 * 16, 0],
    );
  });

  it('is cut by work, not by number of layers', async () => {
    const layers = describeLayers(await referenceFiles({ cellCount: 100, units: 16, steps: 20 }));
    const gruCounts = [0, ...balanced.cut(layers, 3)].map(
      (from, index, starts) =>
        layers.slice(from, starts[index + 1]).filter(({ className }) => className === 'GRU').length,
    );
    assert.deepEqual(gruCounts.toSorted(), [2, 2, 3]);
  });

  it('saved to a folder, is loaded by tf.loadLayersModel and predicts the same there', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'stagecoach-test-'));
    const files = await randomNetwork(small, 11);
    await saveModelFiles(files, folder);
    const theirs = await tf.loadLayersModel(`file://${folder}/model.json`);
    await rm(folder, { recursive: true });
    const windows = randomWindows(4, small, 12);
    const ours = await compileSubModel(files, { from: 0, to: 21 });
    const expected = tf.tidy(() => {
      const [output] = [theirs.predict(tf.tensor(windows.data, [4, 5], 'int32'))].flat();
      return output ? output.dataSync() : new Float32Array();
    });
    runOne(ours, windows).data.forEach((value, index) => {
      assert.ok(Math.abs(value - (expected[index] ?? NaN)) < 1e-5);
    });
    ours.dispose();
    theirs.dispose();
  });

  it('gives the same files, and so the same digest, each time it is saved', async () => {
    const model = referenceModel(small);
    const [first, second] = [await fromTfjs(model), await fromTfjs(model)];
    model.dispose();
    assert.equal(modelDigest(first), modelDigest(second));
  });
});
