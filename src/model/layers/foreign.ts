import type { LayersModel } from '@tensorflow/tfjs-node';
import { z } from 'zod';
import { messageOf } from '../../errors.js';
import { ModelError } from '../errors.js';
import { sizeOf } from '../tensor.js';
import { tf } from '../tensorflow.js';
import { costOf } from './layer.js';
import { mayShareRows } from './row-mates.js';
import type { ForeignLayer, LayerDefinition } from './layer.js';

/** Only embeddings have an `input_dim` with an `output_dim`. */
const idsSchema = z.object({ input_dim: z.int().positive(), output_dim: z.int().positive() });

function camelCase(text: string): string {
  return text.replace(/_+(\w|$)/g, (_, letter: string) => letter.toUpperCase());
}

/**
 * Keras' names and words (`fan_avg`) to tfjs' own, as tfjs-layers does when it loads a model; only
 * the names of layers stay as they are.
 */
export function toTfjsWords(value: unknown): unknown {
  if (typeof value === 'string') return camelCase(value);
  if (Array.isArray(value)) return value.map(toTfjsWords);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) =>
      key === 'name' ? [key, entry as unknown] : [camelCase(key), toTfjsWords(entry)],
    ),
  );
}

function unsupported(definition: LayerDefinition, why: string, cause?: unknown): ModelError {
  const { name, className } = definition;
  return new ModelError(
    'MODEL_UNSUPPORTED',
    `Layer ${name} (${className}) can't be run: ${why}`,
    cause,
  );
}

/** The layer as a model of its own, with weights that are not yet the right ones. */
function buildModel(definition: LayerDefinition): LayersModel {
  const { classNameMap } = tf.serialization.SerializationMap.getMap();
  const [layerClass, fromConfig] = classNameMap[definition.className] ?? [];
  if (layerClass === undefined || fromConfig === undefined) {
    throw unsupported(definition, 'tfjs-layers has no such class. Replace the layer in the model.');
  }
  try {
    const config = toTfjsWords(definition.config) as Parameters<typeof fromConfig>[1];
    const layer = fromConfig(layerClass, config);
    if (!(layer instanceof tf.layers.Layer)) throw new TypeError('it is no layer');
    const inputs = definition.inputShapes.map((shape) => tf.input({ shape: [...shape] }));
    const [first, ...others] = inputs;
    const outputs = layer.apply(first && others.length === 0 ? first : inputs);
    if (!(outputs instanceof tf.SymbolicTensor)) throw new TypeError('it has several outputs');
    return tf.model({ inputs, outputs });
  } catch (cause) {
    throw unsupported(definition, messageOf(cause), cause);
  }
}

/**
 * Operations for one item, by a rule of thumb: every weight is used once at each place (step, pixel)
 * of the larger side, in a convolution of the output, and each output costs one more.
 */
function estimateFlops(
  { className, inputShape }: LayerDefinition,
  weightCount: number,
  outputShape: readonly number[],
): number {
  const [before, after] = [inputShape, outputShape].map((shape) => sizeOf(shape.slice(0, -1)));
  const places = /Conv[123]D$/.test(className) ? (after ?? 0) : Math.max(before ?? 0, after ?? 0);
  return 2 * weightCount * places + sizeOf(outputShape);
}

/**
 * A layer that has no native route: tfjs-layers computes it, with its eager operations. Correct,
 * but several times slower than the native graph.
 * @throws {ModelError} MODEL_UNSUPPORTED
 */
export function foreignLayer(definition: LayerDefinition): ForeignLayer {
  const model = buildModel(definition);
  const outputShape = model.outputs[0]?.shape.slice(1) ?? [];
  const weightCount = model.countParams();
  model.dispose();
  if (!outputShape.every((size) => size !== null)) {
    throw unsupported(definition, `its output [${outputShape.join(', ')}] has no fixed size.`);
  }
  const ids = idsSchema.safeParse(definition.config);
  const flops = estimateFlops(definition, weightCount, outputShape);
  return {
    route: 'tfjs',
    cost: costOf(definition, outputShape, { flops, weightCount }),
    definition,
    sharesRows: mayShareRows(definition.className, definition.config),
    ...(ids.success ? { idCount: ids.data.input_dim } : {}),
  };
}

/**
 * The layer as a tfjs-layers model of its own, with its weights. The caller disposes of it.
 * @throws {ModelError} MODEL_UNSUPPORTED, MODEL_FILE_INVALID
 */
export function loadForeignLayer({ definition }: ForeignLayer): LayersModel {
  const model = buildModel(definition);
  try {
    tf.tidy(() => {
      model.setWeights(
        model.weights.map(({ originalName, shape }) => {
          const sizes = shape.map((size) => size ?? 0);
          return tf.tensor(definition.weights.values(originalName, sizes), sizes, 'float32');
        }),
      );
    });
    return model;
  } catch (cause) {
    model.dispose();
    throw cause;
  }
}
