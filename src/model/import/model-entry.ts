import { z } from 'zod';
import { ModelError } from '../errors.js';
import { parseEnds } from './calls.js';
import { functionalClasses } from './layer-classes.js';
import { layerEntrySchema } from './layer-entry.js';
import { greatestLayerCount } from './limits.js';
import type { LayerEntry, TensorOfLayer } from './layer-entry.js';

const layersSchema = z.object({ layers: z.array(layerEntrySchema).min(1).max(greatestLayerCount) });
const shapeSchema = z.array(z.int().positive().nullable()).min(1);

/** Whether a model is a graph, and no sequence. */
export function isFunctional({ className }: LayerEntry): boolean {
  return functionalClasses.has(className);
}

/** Whether an entry is a model: the whole, or one within it. */
export function isModel(entry: LayerEntry): boolean {
  return isFunctional(entry) || entry.className === 'Sequential';
}

/**
 * The layers of a model, as its configuration lists them.
 * @throws {ModelError} MODEL_FILE_INVALID
 */
export function layersOf(entry: LayerEntry): LayerEntry[] {
  const { data, error } = layersSchema.safeParse(entry.config);
  if (data) return data.layers;
  throw new ModelError(
    'MODEL_FILE_INVALID',
    `The model ${entry.name} (${entry.className}) has no list of layers: ${z.prettifyError(error)}`,
    error,
  );
}

/**
 * The inputs or outputs of a functional model.
 * @throws {ModelError} MODEL_FILE_INVALID
 */
export function endsOf(
  entry: LayerEntry,
  key: 'input_layers' | 'output_layers',
): readonly TensorOfLayer[] {
  const ends = parseEnds(entry.config[key]);
  if (ends !== null && ends.length > 0) return ends;
  throw new ModelError('MODEL_FILE_INVALID', `The model ${entry.name} has no ${key}.`);
}

/** What a layer says that it takes: shape, with the batch first, and type. */
interface StatedInput {
  readonly shape: unknown;
  readonly dtype: unknown;
}

/** Keras 3 notes what a sequence was built for, if no layer of it says so. */
function builtFor({ config }: LayerEntry): StatedInput | null {
  const shape = shapeSchema.safeParse(config['build_input_shape']).data;
  return shape ? { shape, dtype: 'float32' } : null;
}

function firstLayerOf(entry: LayerEntry): LayerEntry | undefined {
  const layers = layersOf(entry);
  if (!isFunctional(entry)) return layers[0];
  const [input] = endsOf(entry, 'input_layers');
  return layers.find(({ name }) => name === input?.[0]);
}

/**
 * What goes into a layer, or into the first layer of a model, as far as it says so; `null` if it
 * does not.
 */
export function statedInput(entry: LayerEntry): StatedInput | null {
  if (isModel(entry)) {
    const first = firstLayerOf(entry);
    return (first ? statedInput(first) : null) ?? builtFor(entry);
  }
  const shape = entry.config['batch_shape'] ?? entry.config['batch_input_shape'] ?? null;
  return shape === null ? null : { shape, dtype: entry.config['dtype'] };
}
