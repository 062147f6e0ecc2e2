import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tf } from '../../../../src/model/tensorflow.js';
import { fromTfjs, toTfjs } from '../../../../src/model/tfjs-model.js';
import { apply } from '../branched-networks.js';
import { randomFrom } from '../networks.js';
import { importFiles, runInEngine } from './imported-models.js';
import { largestDifference } from './keras-vectors.js';
import type { ModelFiles } from '../../../../src/model/model-files.js';

/** A sequence in a graph with two ends each way, in a graph. */
async function modelOfModels({ innermost }: { readonly innermost: string }): Promise<ModelFiles> {
  const sequence = tf.sequential({ name: 'sequence' });
  sequence.add(tf.layers.dense({ units: 4, inputShape: [3], name: innermost }));
  sequence.add(tf.layers.dropout({ rate: 0.5, name: 'drop' }));
  sequence.add(tf.layers.batchNormalization({ name: 'norm' }));
  const left = tf.input({ shape: [3], name: 'left' });
  const right = tf.input({ shape: [4], name: 'right' });
  const inner = apply(sequence, left);
  const sum = apply(tf.layers.add({ name: 'sum' }), [inner, right]);
  const both = tf.model({ inputs: [left, right], outputs: [sum, inner], name: 'both' });
  const input = tf.input({ shape: [3], name: 'entry' });
  const wide = apply(tf.layers.dense({ units: 4, name: 'wide' }), input);
  const given = both.apply([input, wide]);
  assert.ok(Array.isArray(given));
  const [first, second] = given;
  assert.ok(first instanceof tf.SymbolicTensor && second instanceof tf.SymbolicTensor);
  const last = apply(tf.layers.dense({ units: 2, name: 'last' }), second);
  const model = tf.model({ inputs: input, outputs: [last, first] });
  const random = randomFrom(5);
  tf.tidy(() => {
    // Variances are never negative.
    const values = (length: number): number[] => Array.from({ length }, () => 0.1 + random());
    model.setWeights(model.getWeights().map(({ size, shape }) => tf.tensor(values(size), shape)));
  });
  const files = await fromTfjs(model);
  model.dispose();
  return files;
}

describe('a model within a model of tfjs-layers', () => {
  it('gives, taken apart, what tfjs-layers itself predicts with it as it was', async () => {
    const files = await modelOfModels({ innermost: 'dense' });
    const random = randomFrom(6);
    const data = Float32Array.from({ length: 15 }, () => 2 * random() - 1);
    const original = await toTfjs(files);
    const expected = tf.tidy(() => {
      const outputs = original.predict(tf.tensor(data, [5, 3]));
      return [outputs].flat().map((output) => [...output.dataSync()]);
    });
    original.dispose();
    const imported = await importFiles(files);
    assert.deepEqual(
      imported.layers.map(({ name }) => name),
      [
        ...['entry', 'wide', 'both/sequence/dense', 'both/sequence/drop', 'both/sequence/norm'],
        ...['both/sum', 'last'],
      ],
    );
    const input = { name: 'input', dtype: 'float32' as const, shape: [5, 3], data };
    const found = runInEngine(imported.files, [input]);
    assert.equal(expected.length, 2);
    expected.forEach((values, at) => {
      assert.ok(largestDifference(found[at]?.data ?? [], values) < 1e-5);
    });
  });

  it('predicts the same bits imported again', async () => {
    const { files } = await importFiles(await modelOfModels({ innermost: 'dense' }));
    const again = await importFiles(files);
    assert.deepEqual(again.files, files);
  });

  it('is refused where layers of one name have one weight between them on record', async () => {
    await assert.rejects(importFiles(await modelOfModels({ innermost: 'last' })), {
      code: 'MODEL_FILE_INVALID',
      message: /lists two weights of the name last\/kernel/,
    });
  });
});
