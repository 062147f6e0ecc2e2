import {
  elementwiseOperations,
  functionalClasses,
  passingClasses,
  refusedClasses,
  takenClasses,
} from './layer-classes.js';
import { activationName, dtypeName, innerLayer } from './layer-parts.js';
import type { Dialect, LayerEntry } from './layer-entry.js';

/** Settings that tfjs-layers does not know, or only in part, and the values of them that can be taken. */
const harmless: Readonly<Record<string, Readonly<Record<string, readonly unknown[]>>>> = {
  InputLayer: { sparse: [false], ragged: [false] },
  ReLU: { negative_slope: [0], threshold: [0] },
  ELU: { alpha: [1] },
  Conv1D: { groups: [1], padding: ['valid', 'same'] },
  Conv2D: { groups: [1] },
  Conv3D: { groups: [1] },
  Conv2DTranspose: { output_padding: [], dilation_rate: [1, '1,1'] },
  Conv3DTranspose: { output_padding: [], dilation_rate: [1, '1,1,1'] },
  UpSampling2D: { interpolation: ['nearest'] },
  GlobalMaxPooling1D: { keepdims: [false] },
  GlobalMaxPooling2D: { keepdims: [false] },
  GlobalAveragePooling1D: { keepdims: [false] },
  GlobalAveragePooling2D: { keepdims: [false] },
  BatchNormalization: { renorm: [false] },
  LayerNormalization: { rms_scaling: [false] },
  SimpleRNN: { stateful: [false], time_major: [false] },
  GRU: { stateful: [false], time_major: [false] },
  LSTM: { stateful: [false], time_major: [false] },
  ConvLSTM2D: { stateful: [false] },
};

const activationKeys = ['activation', 'recurrent_activation'];

/** Numbers in `mixed_float16` are float32 where they are kept. */
const floatTypes = /^(float(16|32|64)|bfloat16|mixed_b?float16)$/;
const inputTypes = /^(float(16|32|64)|bfloat16|u?int(8|16|32|64)|bool)$/;

/** `x + y` in Keras 3 is listed as a layer: without what all layers have, in H5 files. */
function isOperation({ module, config }: LayerEntry, { kerasMajor }: Dialect): boolean {
  if (module !== null) return module.includes('.ops.');
  return kerasMajor >= 3 && !('trainable' in config) && !('dtype' in config);
}

/** Whether a class is no one of Keras'. */
export function isOwnClass({ module, registeredName }: LayerEntry): boolean {
  return (
    registeredName?.includes('>') === true ||
    /^(?!keras|tf_keras|tensorflow)/.test(module ?? 'keras')
  );
}

function* reasonsOfClass(entry: LayerEntry, dialect: Dialect): Generator<string> {
  const { className } = entry;
  const known = takenClasses.has(className) || passingClasses.has(className);
  if (isOwnClass(entry)) {
    yield 'is a class of your own, and only the layers that tfjs-layers has can be taken';
  } else if (isOperation(entry, dialect) && !elementwiseOperations.has(className)) {
    yield 'is an operation and no layer; use a layer of keras.layers for it';
  } else if (!known) {
    yield (
      refusedClasses.get(className) ??
      (functionalClasses.has(className) || className === 'Sequential'
        ? 'is a model inside of another layer'
        : 'is of a class that tfjs-layers has not')
    );
  }
}

function* reasonsOfSettings({ className, config }: LayerEntry): Generator<string> {
  for (const [key, values] of Object.entries(harmless[className] ?? {})) {
    const value = config[key] ?? null;
    const plain = Array.isArray(value) ? value.join() : value;
    if (plain === null || values.includes(plain)) continue;
    yield `has ${key} = ${JSON.stringify(value)}, which tfjs-layers can't compute`;
  }
  if ((config['lora_rank'] ?? null) !== null || (config['quantization_config'] ?? null) !== null) {
    yield 'has weights that are quantised, or kept as a LoRA; save it with plain weights';
  }
}

function* reasonsOfTypes({ className, config }: LayerEntry): Generator<string> {
  const dtype = dtypeName(config['dtype']);
  const allowed = className === 'InputLayer' ? inputTypes : floatTypes;
  if (dtype === null || allowed.test(dtype)) return;
  // A layer that takes ids has the type of what it takes in some versions of Keras 2.
  if (className !== 'InputLayer' && inputTypes.test(dtype)) return;
  yield `is of the type ${dtype}; only float32 can be computed`;
}

function* reasonsOfActivations({ config }: LayerEntry, dialect: Dialect): Generator<string> {
  for (const key of activationKeys) {
    const value = config[key] ?? null;
    if (value === null || activationName(value, dialect) !== null) continue;
    const name = typeof value === 'string' ? value : JSON.stringify(value).slice(0, 80);
    yield name === 'hard_sigmoid'
      ? `has the ${key} hard_sigmoid, for which Keras 3 has another formula than tfjs-layers`
      : `has the ${key} ${name}, which tfjs-layers has not`;
  }
}

/** What a layer around another is about: the directions of Bidirectional have to be of one kind. */
function* reasonsOfInner(entry: LayerEntry, dialect: Dialect): Generator<string> {
  const { className, config } = entry;
  if (className !== 'Bidirectional' && className !== 'TimeDistributed') return;
  const inner = innerLayer(config['layer']);
  if (inner === null) {
    yield 'has no layer inside';
    return;
  }
  for (const reason of reasonsAgainst(inner, dialect)) {
    yield `has a ${inner.className} inside that ${reason}`;
  }
  if (inner.className === 'GRU' && inner.config['reset_after'] === true) {
    yield 'has a GRU inside with reset_after = true, which is computed on its own only; use reset_after = false';
  }
  const backward = innerLayer(config['backward_layer']);
  if (className === 'Bidirectional' && backward !== null && !areAlike(inner, backward)) {
    yield 'has two directions that are not alike';
  }
}

/** What two directions have to have in common. */
const commonSettings = [
  ...['units', 'filters', 'kernel_size', 'padding', 'activation', 'recurrent_activation'],
  ...['use_bias', 'reset_after', 'return_sequences', 'return_state'],
];

function areAlike(forward: LayerEntry, backward: LayerEntry): boolean {
  const common = ({ className, config }: LayerEntry): string =>
    JSON.stringify([className, ...commonSettings.map((key) => config[key] ?? null)]);
  const goesBack = ({ config }: LayerEntry): boolean => config['go_backwards'] === true;
  return common(forward) === common(backward) && goesBack(forward) !== goesBack(backward);
}

/**
 * Why a layer can't be taken: sentences without their subject; none if it can.
 */
export function reasonsAgainst(entry: LayerEntry, dialect: Dialect): readonly string[] {
  const ofClass = [...reasonsOfClass(entry, dialect)];
  if (ofClass.length > 0) return ofClass;
  if (passingClasses.has(entry.className)) return [];
  return [
    ...reasonsOfSettings(entry),
    ...reasonsOfTypes(entry),
    ...reasonsOfActivations(entry, dialect),
    ...reasonsOfInner(entry, dialect),
  ];
}
