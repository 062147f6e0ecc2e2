/**
 * The classes of tfjs-layers that compute what Keras' do, weights in the same order. The others that
 * it has are left out for a reason, in {@link refusedClasses}.
 */
const taken = [
  ['InputLayer', 'Masking', 'Activation', 'ReLU', 'LeakyReLU', 'PReLU', 'ELU', 'ThresholdedReLU'],
  ['Softmax', 'Dense', 'Embedding', 'Flatten', 'Reshape', 'Permute', 'RepeatVector', 'Rescaling'],
  ['Conv1D', 'Conv2D', 'Conv3D', 'Conv2DTranspose', 'Conv3DTranspose', 'DepthwiseConv2D'],
  ['SeparableConv2D', 'UpSampling2D', 'ZeroPadding2D', 'Cropping2D'],
  ['MaxPooling1D', 'MaxPooling2D', 'MaxPooling3D'],
  ['AveragePooling1D', 'AveragePooling2D', 'AveragePooling3D'],
  ['GlobalMaxPooling1D', 'GlobalMaxPooling2D'],
  ['GlobalAveragePooling1D', 'GlobalAveragePooling2D'],
  ['BatchNormalization', 'LayerNormalization'],
  ['SimpleRNN', 'GRU', 'LSTM', 'ConvLSTM2D', 'Bidirectional', 'TimeDistributed'],
  ['Add', 'Multiply', 'Average', 'Maximum', 'Minimum', 'Concatenate', 'Dot'],
];

/** Classes of layers that can be taken. */
export const takenClasses: ReadonlySet<string> = new Set(taken.flat());

/** Layers that pass values on unless the model is being trained. */
export const passingClasses: ReadonlySet<string> = new Set([
  'Dropout',
  'SpatialDropout1D',
  'SpatialDropout2D',
  'SpatialDropout3D',
  'GaussianDropout',
  'GaussianNoise',
  'AlphaDropout',
  'ActivityRegularization',
  'Identity',
  'RandomFlip',
  'RandomRotation',
  'RandomZoom',
  'RandomTranslation',
  'RandomContrast',
  'RandomBrightness',
]);

/** Layers that are called with several tensors. */
export const mergingClasses: ReadonlySet<string> = new Set([
  'Add',
  'Multiply',
  'Average',
  'Maximum',
  'Minimum',
  'Concatenate',
  'Dot',
]);

/** Operations, as `x + y` makes them, that compute the same as the layers of these names. */
export const elementwiseOperations: ReadonlySet<string> = new Set([
  'Add',
  'Multiply',
  'Maximum',
  'Minimum',
]);

/** Models, which may be layers of others; the class `Model` is Keras 2's. */
export const functionalClasses: ReadonlySet<string> = new Set(['Functional', 'Model']);

/** Classes whose weights are those of a cell. */
export const recurrentClasses: ReadonlySet<string> = new Set([
  'SimpleRNN',
  'GRU',
  'LSTM',
  'ConvLSTM2D',
]);

const imagesDiffer = 'scales pictures otherwise in tfjs-layers than in Keras';
const cells = 'is made of cells; use SimpleRNN, GRU or LSTM layers one after the other';

/** Why some classes are not taken that one might expect to be. */
export const refusedClasses: ReadonlyMap<string, string> = new Map([
  ['Lambda', 'holds Python code, which is never run here'],
  ['TFOpLambda', 'is an operation and no layer; use a layer for it'],
  ['CuDNNGRU', 'is a layer of Keras 1; load the model with Keras 2, and save it again'],
  ['CuDNNLSTM', 'is a layer of Keras 1; load the model with Keras 2, and save it again'],
  ['MultiHeadAttention', 'is called with arguments that tfjs-layers can’t load from a file'],
  ['RNN', cells],
  ['StackedRNNCells', cells],
  ['Resizing', imagesDiffer],
  ['CenterCrop', imagesDiffer],
]);
