import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { compileSubModel } from '../../../src/model/engine/sub-model.js';
import { compileWithTfjs } from '../../../src/model/engine/tfjs-engine.js';
import { describeLayers } from '../../../src/model/network.js';
import { layersByTfjs } from '../../../src/model/routes.js';
import { tf } from '../../../src/model/tensorflow.js';
import { fromTfjs } from '../../../src/model/tfjs-model.js';
import { CutNetwork, randomFrom, randomiseWeights, runOne } from './networks.js';
import type { ModelFiles } from '../../../src/model/model-files.js';
import type { HostTensor } from '../../../src/model/tensor.js';

type Layer = InstanceType<typeof tf.layers.Layer>;

const inputShape = [6, 10];
const batchInputShape = [null, ...inputShape];

const sequences: Readonly<Record<string, () => Layer[]>> = {
  'neighbouring layers that an optimiser might merge': () => [
    tf.layers.layerNormalization({ batchInputShape, epsilon: 1e-5 }),
    tf.layers.layerNormalization({ scale: false }),
    tf.layers.layerNormalization({ center: false }),
    tf.layers.gru({
      units: 9,
      recurrentActivation: 'sigmoid',
      returnSequences: true,
      useBias: false,
    }),
    tf.layers.gru({ units: 5, recurrentActivation: 'sigmoid' }),
    tf.layers.layerNormalization(),
    tf.layers.dense({ units: 11 }),
    tf.layers.dense({ units: 6, useBias: false }),
    tf.layers.dense({ units: 10, activation: 'relu' }),
    tf.layers.layerNormalization({ axis: 1 }),
    tf.layers.dense({ units: 7, activation: 'tanh' }),
    tf.layers.dense({ units: 7, activation: 'sigmoid' }),
    tf.layers.dense({ units: 7, activation: 'elu' }),
    tf.layers.dense({ units: 9, activation: 'softmax' }),
  ],
  'layers with and without a native route': () => [
    tf.layers.conv1d({ batchInputShape, filters: 4, kernelSize: 3, padding: 'same' }),
    tf.layers.layerNormalization(),
    tf.layers.gru({ units: 5, returnSequences: true }),
    tf.layers.lstm({ units: 6, returnSequences: true }),
    tf.layers.timeDistributed({ layer: tf.layers.dense({ units: 8 }) }),
    tf.layers.dropout({ rate: 0.5 }),
    tf.layers.gru({ units: 7, recurrentActivation: 'sigmoid' }),
    tf.layers.reshape({ targetShape: [7, 1] }),
    tf.layers.flatten(),
    tf.layers.dense({ units: 9, activation: 'softmax' }),
    tf.layers.activation({ activation: 'softmax' }),
  ],
};

for (const [title, layersOf] of Object.entries(sequences)) {
  describe(`a network with ${title}`, () => {
    let files: ModelFiles;
    let network: CutNetwork;
    let whole: HostTensor;
    const random = randomFrom(7);
    const input: HostTensor = {
      name: 'input',
      dtype: 'float32',
      shape: [11, ...inputShape],
      data: Float32Array.from({ length: 11 * 60 }, () => 2 * random() - 1),
    };

    before(async () => {
      const model = tf.sequential({ layers: layersOf() });
      randomiseWeights(model, random);
      files = await fromTfjs(model);
      model.dispose();
      network = new CutNetwork(files);
      const [output] = await network.run([], input);
      assert.ok(output);
      whole = output;
    });
    after(() => network.dispose());

    it("agrees with tfjs-layers' own predict within 1e-5", async () => {
      const theirs = await compileWithTfjs(files);
      const expected = runOne(theirs, input);
      theirs.dispose();
      assert.deepEqual(whole.shape, expected.shape);
      assert.ok(
        whole.data.every((value, index) => Math.abs(value - (expected.data[index] ?? NaN)) < 1e-5),
      );
    });

    it('gives the same bits wherever it is cut', async () => {
      for (let cut = 1; cut < network.layerCount; cut += 1) {
        const [output] = await network.run([cut], input);
        assert.deepEqual(output, whole, `cut before layer ${cut}`);
      }
      const everywhere = Array.from({ length: network.layerCount - 1 }, (_, index) => index + 1);
      assert.deepEqual((await network.run(everywhere, input))[0], whole);
    });

    it('gives the best of its scores with topK', async () => {
      const [cells, probabilities] = await network.run([], input, 2);
      const row = [...whole.data.subarray(0, 9)];
      const best = Math.max(...row);
      assert.equal(probabilities?.data[0], best);
      assert.equal(cells?.data[0], row.indexOf(best));
    });

    it('has the costs of its layers counted', () => {
      for (const { name, outputShape, outputBytes } of describeLayers(files)) {
        assert.equal(outputBytes, 4 * outputShape.reduce((a, b) => a * b, 1), name);
      }
    });

    it('leaves no tensor behind', async () => {
      const before = tf.memory().numTensors;
      const model = await compileSubModel(files, { from: 0, to: network.layerCount });
      model.run([input]);
      model.dispose();
      assert.equal(tf.memory().numTensors, before);
    });
  });
}

describe('the layers that tfjs-layers computes', () => {
  const said: readonly [title: string, from: number, to: number, expected: string | null][] = [
    ['layers with and without a native route', 0, 11, 'layers 0, 2–4, 7–8, 10 by tfjs-layers'],
    ['layers with and without a native route', 3, 7, 'layers 3–4 by tfjs-layers'],
    ['layers with and without a native route', 8, 10, 'layer 8 by tfjs-layers'],
    ['layers with and without a native route', 5, 7, null],
  ];
  for (const [title, from, to, expected] of said) {
    it(`are told of layers ${from} to ${to - 1}: ${expected ?? 'nothing'}`, async () => {
      const model = tf.sequential({ layers: sequences[title]?.() ?? [] });
      const files = await fromTfjs(model);
      model.dispose();
      assert.equal(layersByTfjs(files, { from, to }), expected);
    });
  }
});

describe('a network that cannot be run', () => {
  const refused: Readonly<Record<string, [() => Layer[], RegExp]>> = {
    'a mask': [
      () => [
        tf.layers.embedding({
          inputDim: 5,
          outputDim: 3,
          maskZero: true,
          batchInputShape: [null, 4],
        }),
        tf.layers.lstm({ units: 2 }),
      ],
      /embedding.*\(Embedding\) makes a mask/,
    ],
    'an input of unknown length': [
      () => [tf.layers.embedding({ inputDim: 5, outputDim: 3 }), tf.layers.lstm({ units: 2 })],
      /batch_input_shape must give every size/,
    ],
  };
  for (const [title, [layersOf, message]] of Object.entries(refused)) {
    it(`is refused with its reason: ${title}`, async () => {
      const model = tf.sequential({ layers: layersOf() });
      const files = await fromTfjs(model);
      model.dispose();
      await assert.rejects(compileSubModel(files, { from: 0, to: 1 }), {
        code: 'MODEL_UNSUPPORTED',
        message,
      });
    });
  }

  after(() => assert.equal(tf.memory().numTensors, 0));
});
