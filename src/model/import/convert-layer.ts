import { z } from 'zod';
import { passingClasses, recurrentClasses } from './layer-classes.js';
import { activationName, dtypeName, innerLayer } from './layer-parts.js';
import { isTrainable } from './layer-entry.js';
import type { ConvertedLayer, Dialect, LayerEntry, TfjsEntry } from './layer-entry.js';

type Config = Record<string, unknown>;

/** Of no account once a model is trained. */
const trainingOnly = /_(regularizer|constraint)$/;
/** tfjs-layers fills weights by it before it loads them, which takes long for some. */
const zeros = { class_name: 'Zeros', config: {} };

const shapeSchema = z.array(z.number().nullable()).min(1);
const oneAxis = z.tuple([z.int()]);

/** Any number of items, whatever the model was built with. */
function freeBatch(shape: unknown): unknown {
  const sizes = shapeSchema.safeParse(shape).data;
  return sizes ? [null, ...sizes.slice(1)] : shape;
}

/** The type of what tfjs-layers keeps for an input. */
function tfjsType(dtype: string): string {
  if (/^u?int/.test(dtype)) return 'int32';
  return dtype === 'bool' ? 'bool' : 'float32';
}

function convertEntry([key, value]: [string, unknown], dialect: Dialect): [string, unknown][] {
  if (trainingOnly.test(key) || key === 'backward_layer') return [];
  if (key.endsWith('_initializer')) return [[key, zeros]];
  if (key === 'dtype') {
    const dtype = dtypeName(value);
    return dtype === null ? [] : [[key, tfjsType(dtype)]];
  }
  if (key === 'batch_shape' || key === 'batch_input_shape') {
    return [['batch_input_shape', freeBatch(value)]];
  }
  if (key === 'activation' || key === 'recurrent_activation') {
    const name = value === null ? 'linear' : activationName(value, dialect);
    return name === null ? [] : [[key, name]];
  }
  // What else is an object says how a layer was trained, saved or drawn by chance.
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? [] : [[key, value]];
}

/** What only some classes have. */
function convertSpecial({ className, config }: LayerEntry): Config {
  // tfjs-layers refuses what Keras 2 writes there without using it.
  if (className === 'SeparableConv2D') return { kernel_initializer: null };
  if (className === 'LeakyReLU' && 'negative_slope' in config) {
    return { alpha: config['negative_slope'] };
  }
  const axis = oneAxis.safeParse(config['axis']).data;
  return className === 'BatchNormalization' && axis ? { axis: axis[0] } : {};
}

/** The inner layer gets the outer one's name, so that no two layers' weights have the same. */
function convertInner({ name, config }: LayerEntry, dialect: Dialect): Config {
  const inner = innerLayer(config['layer']);
  if (inner === null) return {};
  const { class_name, config: converted } = convertLayer({ ...inner, name }, dialect).tfjs;
  return { layer: { class_name, config: converted } };
}

function weightGroupsOf({ className, config }: LayerEntry): readonly string[] {
  if (recurrentClasses.has(className)) return ['cell/'];
  const inner = innerLayer(config['layer']);
  if (inner === null) return [''];
  const sides = className === 'Bidirectional' ? ['forward_layer/', 'backward_layer/'] : ['layer/'];
  return sides.flatMap((side) => weightGroupsOf(inner).map((group) => side + group));
}

function tfjsEntry(entry: LayerEntry, dialect: Dialect): TfjsEntry {
  const { name, className, config } = entry;
  if (passingClasses.has(className)) {
    return { class_name: 'Dropout', config: { name, trainable: true, dtype: 'float32', rate: 0 } };
  }
  const converted = Object.entries(config).flatMap((pair) => convertEntry(pair, dialect));
  return {
    class_name: className,
    config: {
      ...Object.fromEntries(converted),
      ...convertSpecial(entry),
      ...convertInner(entry, dialect),
      name,
    },
  };
}

/**
 * A layer as tfjs-layers has it. Initialisers become zeros and what only training needs is left out;
 * a layer that only does something in training becomes a Dropout of the rate 0.
 * @param entry one that nothing speaks against
 */
export function convertLayer(entry: LayerEntry, dialect: Dialect): ConvertedLayer {
  const { name, className } = entry;
  return {
    name,
    className,
    tfjs: tfjsEntry(entry, dialect),
    weightGroups: weightGroupsOf(entry),
    isTrainable: isTrainable(entry),
  };
}
