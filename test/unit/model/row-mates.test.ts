import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { subModelOf } from '../../../src/model/engine/sub-model.js';
import { mayShareRows } from '../../../src/model/layers/row-mates.js';
import { readNetwork } from '../../../src/model/network.js';
import { tf } from '../../../src/model/tensorflow.js';
import { apply, filesOf, randomTensors } from './branched-networks.js';
import { pickRows } from './networks.js';

type Layer = InstanceType<typeof tf.layers.Layer>;

/** What goes in, which layers are tried with it, and how many such tensors each takes. */
interface Trial {
  readonly shape: readonly number[];
  readonly layers: readonly (() => Layer)[];
  readonly count?: number;
}

const activations = ['relu', 'relu6', 'elu', 'selu', 'sigmoid', 'hardSigmoid', 'tanh'] as const;
const otherActivations = ['softplus', 'softsign', 'swish', 'softmax', 'linear'] as const;
const conv = { filters: 11, kernelSize: 3, padding: 'same' } as const;
const window = { poolSize: 3, strides: 2, padding: 'same' } as const;

/** Images large enough, with numbers of channels odd enough, for every way that kernels go. */
const trials: readonly Trial[] = [
  {
    shape: [19, 17, 13],
    layers: [
      () => tf.layers.conv2d({ ...conv, strides: 2 }),
      () => tf.layers.conv2d({ ...conv, kernelSize: 1, filters: 70 }),
      () => tf.layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2 }),
      () => tf.layers.separableConv2d({ ...conv, activation: 'relu' }),
      () => tf.layers.batchNormalization(),
      () => tf.layers.batchNormalization({ axis: 1 }),
      () => tf.layers.maxPooling2d(window),
      () => tf.layers.averagePooling2d(window),
      () => tf.layers.globalMaxPooling2d({}),
      () => tf.layers.globalAveragePooling2d({}),
      () => tf.layers.zeroPadding2d({ padding: 1 }),
      () => tf.layers.cropping2D({ cropping: 2 }),
      () => tf.layers.upSampling2d({ size: [2, 2] }),
      () => tf.layers.flatten(),
      () => tf.layers.permute({ dims: [3, 1, 2] }),
      () => tf.layers.leakyReLU(),
      () => tf.layers.prelu(),
      () => tf.layers.elu(),
      () => tf.layers.thresholdedReLU(),
      () => tf.layers.softmax({ axis: -1 }),
      () => tf.layers.layerNormalization({ axis: 1 }),
      () => tf.layers.conv2dTranspose({ ...conv, strides: 2 }),
      ...[...activations, ...otherActivations].map(
        (activation) => () => tf.layers.activation({ activation }),
      ),
    ],
  },
  {
    shape: [300, 9],
    layers: [
      () => tf.layers.conv1d({ ...conv, activation: 'tanh' }),
      () => tf.layers.dense({ units: 7, activation: 'softmax' }),
      () => tf.layers.dense({ units: 7, activation: 'sigmoid' }),
      () => tf.layers.timeDistributed({ layer: tf.layers.dense({ units: 5 }) }),
      () => tf.layers.maxPooling1d({ poolSize: 2 }),
      () => tf.layers.averagePooling1d({ poolSize: 2 }),
      () => tf.layers.globalMaxPooling1d({}),
      () => tf.layers.globalAveragePooling1d({}),
    ],
  },
  {
    shape: [7, 9],
    layers: [
      () => tf.layers.simpleRNN({ units: 5 }),
      () => tf.layers.gru({ units: 5 }),
      () => tf.layers.lstm({ units: 5, returnSequences: true }),
      () =>
        tf.layers.bidirectional({
          layer: tf.layers.lstm({ units: 3, recurrentActivation: 'hardSigmoid' }),
          mergeMode: 'concat',
        }),
    ],
  },
  { shape: [600], layers: [() => tf.layers.repeatVector({ n: 3 })] },
  {
    shape: [23, 9],
    count: 3,
    layers: [
      () => tf.layers.add(),
      () => tf.layers.multiply(),
      () => tf.layers.average(),
      () => tf.layers.maximum(),
      () => tf.layers.minimum(),
      () => tf.layers.concatenate(),
    ],
  },
  { shape: [23, 9], count: 2, layers: [() => tf.layers.dot({ axes: 1, normalize: true })] },
];

function bitsOfRows(tensor: { readonly data: Float32Array | Int32Array }, rows: number): string[] {
  const { buffer, byteOffset, byteLength } = tensor.data;
  const width = byteLength / rows;
  return Array.from({ length: rows }, (_, row) =>
    Buffer.from(buffer, byteOffset + row * width, width).toString('base64'),
  );
}

describe('a layer that tfjs-layers computes gives an item the same bits in any batch, at any place', () => {
  for (const { shape, layers, count = 1 } of trials) {
    for (const make of layers) {
      const { activation } = make().getConfig();
      const what = [make().getClassName(), activation].filter((part) => typeof part === 'string');
      it(`${what.join(' with ')} of [${shape.join(', ')}]`, async () => {
        const inputs = Array.from({ length: count }, () => tf.input({ shape: [...shape] }));
        const [first] = inputs;
        const outputs = apply(make(), first && count === 1 ? first : inputs);
        const network = readNetwork(await filesOf(tf.model({ inputs, outputs }), 3));
        const model = subModelOf(network, { from: 0, to: 1 });
        const given = randomTensors(network.inputs, 8, 5);
        const run = (order: readonly number[]): string[] => {
          const [output] = model.run(given.map((input) => pickRows(input, order)));
          assert.ok(output);
          return bitsOfRows(output, order.length);
        };
        const alone = Array.from({ length: 8 }, (_, row) => run([row])[0]);
        for (const rows of [3, 8, 13]) {
          for (let shift = 0; shift < 8; shift += 1) {
            const order = Array.from({ length: rows }, (_, at) => (3 * at + shift) % 8);
            const expected = order.map((row) => alone[row]);
            assert.deepEqual(run(order), expected);
          }
        }
        model.dispose();
      });
    }
  }
});

describe('rows that are computed together', () => {
  it('are those of layers that were tried, with activations that work value by value', () => {
    assert.ok(mayShareRows('Conv2D', { activation: 'relu' }));
    assert.ok(!mayShareRows('Conv2D', { activation: 'softmax' }));
    assert.ok(!mayShareRows('GRU', { activation: 'tanh', recurrent_activation: 'softmax' }));
    assert.ok(!mayShareRows('GlobalAveragePooling2D', {}));
    const dense = { class_name: 'Dense', config: { activation: 'tanh' } };
    assert.ok(mayShareRows('TimeDistributed', { layer: dense }));
    const softmax = { class_name: 'Softmax', config: {} };
    assert.ok(!mayShareRows('TimeDistributed', { layer: softmax }));
  });
});
