import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-node';
import { tf } from '../../../src/model/tensorflow.js';
import { fromTfjs } from '../../../src/model/tfjs-model.js';
import { randomFrom, randomiseWeights } from './networks.js';
import type { ModelFiles } from '../../../src/model/model-files.js';
import type { HostTensor, TensorSpec } from '../../../src/model/tensor.js';

type Layer = InstanceType<typeof tf.layers.Layer>;

/** The layer's output, of one tensor or of several. */
export function apply(layer: Layer, inputs: SymbolicTensor | SymbolicTensor[]): SymbolicTensor {
  const output = layer.apply(inputs);
  if (output instanceof tf.SymbolicTensor) return output;
  throw new Error(`${layer.name} has several outputs`);
}

/** Convolution and normalisation without biases, and a ReLU unless told otherwise. */
function convolution(
  x: SymbolicTensor,
  filters: number,
  kernelSize: number,
  options: { readonly strides?: number; readonly isLinear?: boolean } = {},
): SymbolicTensor {
  const { strides = 1, isLinear = false } = options;
  const made = apply(
    tf.layers.conv2d({ filters, kernelSize, strides, padding: 'same', useBias: false, ...quickly }),
    x,
  );
  const normalised = apply(tf.layers.batchNormalization(), made);
  return isLinear ? normalised : apply(tf.layers.reLU(), normalised);
}

/** All weights are replaced; the usual initial ones take longer to draw. */
const quickly = { kernelInitializer: 'zeros' } as const;

function bottleneck(x: SymbolicTensor, width: number, strides: number): SymbolicTensor {
  const isSameShape = strides === 1 && x.shape.at(-1) === 4 * width;
  const skip = isSameShape ? x : convolution(x, 4 * width, 1, { strides, isLinear: true });
  let y = convolution(x, width, 1, { strides });
  y = convolution(y, width, 3);
  y = convolution(y, 4 * width, 1, { isLinear: true });
  return apply(tf.layers.reLU(), apply(tf.layers.add(), [y, skip]));
}

/**
 * ResNet-50: 50 layers with weights in a chain of 3, 4, 6 and 3 bottleneck blocks, with fewer
 * channels and smaller images than the original's 64 and 224 × 224.
 * @see https://arxiv.org/abs/1512.03385 table 1
 */
function residual(width: number, size: number): LayersModel {
  const image = tf.input({ shape: [size, size, 3], name: 'image' });
  let x = apply(tf.layers.zeroPadding2d({ padding: 3 }), image);
  x = apply(tf.layers.conv2d({ filters: width, kernelSize: 7, strides: 2, ...quickly }), x);
  x = apply(tf.layers.reLU(), apply(tf.layers.batchNormalization(), x));
  x = apply(tf.layers.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' }), x);
  [3, 4, 6, 3].forEach((blocks, stage) => {
    for (let block = 0; block < blocks; block += 1) {
      x = bottleneck(x, width * 2 ** stage, stage > 0 && block === 0 ? 2 : 1);
    }
  });
  x = apply(tf.layers.globalAveragePooling2d({}), x);
  x = apply(tf.layers.dense({ units: 11, activation: 'softmax', ...quickly }), x);
  return tf.model({ inputs: image, outputs: x, name: 'residual' });
}

/** @see https://arxiv.org/abs/1409.4842 figure 2b */
function inceptionModule(x: SymbolicTensor, width: number): SymbolicTensor {
  const pooled = apply(tf.layers.averagePooling2d({ poolSize: 3, strides: 1, padding: 'same' }), x);
  return apply(tf.layers.concatenate(), [
    convolution(x, width, 1),
    convolution(convolution(x, width, 1), width + 3, 3),
    convolution(convolution(x, 3, 1), width - 1, 5),
    convolution(pooled, width, 1),
  ]);
}

function inception(): LayersModel {
  const image = tf.input({ shape: [12, 12, 3], name: 'image' });
  let x = convolution(image, 7, 3);
  x = inceptionModule(x, 4);
  x = apply(tf.layers.maxPooling2d({ poolSize: 2 }), x);
  x = apply(tf.layers.dropout({ rate: 0.4 }), inceptionModule(x, 5));
  x = inceptionModule(x, 6);
  x = apply(tf.layers.globalAveragePooling2d({}), x);
  x = apply(tf.layers.dropout({ rate: 0.4 }), x);
  x = apply(tf.layers.dense({ units: 10, activation: 'softmax' }), x);
  return tf.model({ inputs: image, outputs: x, name: 'inception' });
}

/**
 * Windows of cells and what the weather was, to the next cell and to how long it takes. The
 * weather is needed at the beginning and at the end; layers with and without a native route are
 * among each other, and one output is made long before the other.
 */
function twoInputs(): LayersModel {
  const cells = tf.input({ shape: [6], name: 'window', dtype: 'int32' });
  const weather = tf.input({ shape: [9], name: 'weather' });
  const recurrent = { units: 12, recurrentActivation: 'sigmoid', returnSequences: true } as const;
  const embedded = apply(
    tf.layers.embedding({ inputDim: 30, outputDim: 12, name: 'embedding' }),
    cells,
  );
  const first = apply(tf.layers.gru(recurrent), embedded);
  const normalised = apply(tf.layers.layerNormalization(), first);
  const skipped = apply(tf.layers.add(), [
    apply(tf.layers.dropout({ rate: 0.2 }), normalised),
    embedded,
  ]);
  const second = apply(tf.layers.gru({ ...recurrent, returnSequences: false }), skipped);
  const hidden = apply(tf.layers.dense({ units: 12, activation: 'tanh' }), weather);
  const minutes = apply(
    tf.layers.dense({ units: 1, name: 'minutes' }),
    apply(tf.layers.multiply(), [hidden, second]),
  );
  const joined = apply(tf.layers.concatenate(), [second, hidden, minutes, weather]);
  const deep = apply(tf.layers.layerNormalization(), joined);
  const shallow = apply(tf.layers.dense({ units: 34, activation: 'elu' }), deep);
  const sum = apply(tf.layers.average(), [shallow, joined, deep]);
  const next = apply(tf.layers.dense({ units: 31, activation: 'softmax', name: 'next' }), sum);
  return tf.model({ inputs: [cells, weather], outputs: [minutes, next], name: 'two' });
}

/** Makes a model's files, with random weights; the model is disposed of. */
export async function filesOf(model: LayersModel, seed: number): Promise<ModelFiles> {
  randomiseWeights(model, randomFrom(seed));
  // Variances are never negative.
  for (const layer of model.layers) {
    if (layer.getClassName() !== 'BatchNormalization') continue;
    tf.tidy(() => {
      const [gamma, beta, mean, variance] = layer.getWeights();
      if (!gamma || !beta || !mean || !variance) return;
      layer.setWeights([gamma, beta, mean, variance.abs().add(0.3)]);
    });
  }
  const files = await fromTfjs(model);
  model.dispose();
  return files;
}

/** The networks that are no sequence, by what they are. */
export const branchedNetworks: Readonly<Record<string, () => LayersModel>> = {
  "a residual network of ResNet-50's shape": () => residual(8, 32),
  'an inception network': inception,
  'a network with two inputs and two outputs': twoInputs,
};

/** Random tensors as specs say: ids under 30, and values from −1 to 1. */
export function randomTensors(
  specs: readonly TensorSpec[],
  items: number,
  seed: number,
): HostTensor[] {
  const random = randomFrom(seed);
  return specs.map(({ name, dtype, itemShape }) => {
    const shape = [items, ...itemShape];
    const length = shape.reduce((product, size) => product * size, 1);
    const data =
      dtype === 'int32'
        ? Int32Array.from({ length }, () => Math.floor(30 * random()))
        : Float32Array.from({ length }, () => 2 * random() - 1);
    return { name, dtype, shape, data };
  });
}
