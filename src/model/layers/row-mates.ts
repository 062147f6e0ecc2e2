import { z } from 'zod';

/**
 * Layers whose operations in TensorFlow give a row of eight the same bits wherever it stands and
 * whatever the others are: products, convolutions, pooling over windows, and what works value by
 * value or moves values only. Not in the list, since a row's place was seen to matter: sums over
 * an axis that is not the last (GlobalAveragePooling) and softmax. What has not been tried is not
 * in it either. The test of all of them is test/unit/model/row-mates.test.ts.
 */
const sharingClasses = new Set([
  ...['Conv1D', 'Conv2D', 'DepthwiseConv2D', 'SeparableConv2D', 'Dense', 'Embedding'],
  ...['SimpleRNN', 'GRU', 'LSTM', 'BatchNormalization', 'Activation'],
  ...['ReLU', 'LeakyReLU', 'PReLU', 'ELU', 'ThresholdedReLU'],
  ...['Add', 'Multiply', 'Average', 'Maximum', 'Minimum', 'Concatenate'],
  ...['MaxPooling1D', 'MaxPooling2D', 'AveragePooling1D', 'AveragePooling2D'],
  ...['GlobalMaxPooling1D', 'GlobalMaxPooling2D'],
  ...['ZeroPadding2D', 'Cropping2D', 'Flatten', 'Reshape', 'Permute', 'RepeatVector', 'Rescaling'],
]);

/** They apply another layer, to each step or in both directions. */
const wrapperClasses = new Set(['TimeDistributed', 'Bidirectional']);

const elementwise = new Set([
  ...['linear', 'relu', 'relu6', 'elu', 'selu', 'sigmoid', 'hard_sigmoid', 'tanh'],
  ...['softplus', 'softsign', 'swish'],
]);

const configSchema = z.looseObject({
  activation: z.unknown().optional(),
  recurrent_activation: z.unknown().optional(),
  layer: z.object({ class_name: z.string(), config: z.unknown() }).optional(),
});

function isElementwise(activation: unknown): boolean {
  if (activation === undefined || activation === null) return true;
  return typeof activation === 'string' && elementwise.has(activation);
}

/**
 * Whether tfjs-layers may compute eight rows of a layer's input at once. Where it may not, each row
 * is computed alone.
 * @param config in Keras' own names
 */
export function mayShareRows(className: string, config: unknown): boolean {
  const parsed = configSchema.safeParse(config);
  if (!parsed.success) return false;
  const { activation, recurrent_activation: recurrentActivation, layer } = parsed.data;
  if (wrapperClasses.has(className)) {
    return layer !== undefined && mayShareRows(layer.class_name, layer.config);
  }
  return (
    sharingClasses.has(className) && isElementwise(activation) && isElementwise(recurrentActivation)
  );
}
