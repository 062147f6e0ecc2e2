import { z } from 'zod';
import { messageOf } from '../../errors.js';
import { ModelError } from '../errors.js';
import { tf } from '../tensorflow.js';
import { toTfjsWords } from '../layers/foreign.js';
import { withinBudget } from './weight-budget.js';
import type { LayersModel } from '@tensorflow/tfjs-node';
import type { ConvertedModel } from './convert-model.js';
import type { ConvertedLayer, TfjsEntry } from './layer-entry.js';
import type { Variable } from './weight-pairs.js';

type Layer = LayersModel['layers'][number];
type Shape = readonly (number | null)[];

/** A layer as tfjs-layers builds it from its configuration. */
export interface PlannedLayer {
  readonly converted: ConvertedLayer;
  /** With the batch first; `null` for what is not fixed. Of several inputs, the first. */
  readonly inputShape: Shape;
  /** As {@link PlannedLayer.inputShape}. */
  readonly outputShape: Shape;
  /** Per call, with the batch first, what each of its outputs is. */
  readonly outputShapes: readonly (readonly Shape[])[];
  /** Its own: of a model, its layers have them. */
  readonly variables: readonly Variable[];
  /** The layers of a layer that is a model. */
  readonly layers: readonly PlannedLayer[];
}

const entrySchema = z.object({
  class_name: z.string(),
  config: z.record(z.string(), z.unknown()),
});

/** A list with one shape for each input or output, which tfjs-layers' types are not sure of. */
const shapesSchema = z.array(z.array(z.number().nullable()));

/** The configuration of every layer, however deep, with other initialisers. */
function prepared(value: unknown, initialisers: Readonly<Record<string, unknown>>): unknown {
  if (Array.isArray(value)) return value.map((entry) => prepared(entry, initialisers));
  if (typeof value !== 'object' || value === null) return value;
  const { data: entry } = entrySchema.safeParse(value);
  if (!entry) return value;
  const config = Object.fromEntries(
    Object.entries(entry.config).map(([key, setting]) => [key, prepared(setting, initialisers)]),
  );
  // tfjs-layers knows no other GRU; all but the bias has the same shape.
  const resetAfter = config['reset_after'] === true ? { reset_after: false } : {};
  const kernel = entry.class_name === 'SeparableConv2D' ? { kernel_initializer: null } : {};
  return { ...value, config: { ...config, ...initialisers, ...resetAfter, ...kernel } };
}

/** All weights of a layer, those of its layers included. */
export function allVariables({ variables, layers }: PlannedLayer): readonly Variable[] {
  return [...variables, ...layers.flatMap(allVariables)];
}

/** What the biases of GRUs with the reset gate behind the product are called: they have two rows. */
function twoRowBiases(layers: readonly ConvertedLayer[]): string[] {
  return layers.flatMap(({ name, tfjs, model }) => {
    const hasTwo = tfjs.class_name === 'GRU' && tfjs.config['reset_after'] === true;
    return [...(hasTwo ? [`${name}/bias`] : []), ...twoRowBiases(model?.layers ?? [])];
  });
}

function layersIn(layer: Layer): readonly Layer[] {
  return layer instanceof tf.LayersModel ? layer.layers : [];
}

function shapesOf(shapes: unknown): readonly Shape[] {
  return shapesSchema.safeParse(shapes).data ?? [];
}

function variablesOf({ weights }: Layer, twoRows: ReadonlySet<string>): Variable[] {
  return weights.map(({ originalName: name, shape, trainable: isTrainable }) => {
    const sizes = shape.map((size) => size ?? 0);
    return { name, shape: twoRows.has(name) ? [2, ...sizes] : sizes, isTrainable };
  });
}

function plan(
  converted: readonly ConvertedLayer[],
  built: readonly Layer[],
  twoRows: ReadonlySet<string>,
): PlannedLayer[] {
  const byName = new Map(built.map((layer) => [layer.name, layer]));
  return converted.flatMap((entry) => {
    const layer = byName.get(entry.name);
    if (layer === undefined) return [];
    const layers = plan(entry.model?.layers ?? [], layersIn(layer), twoRows);
    const [inputShape = []] = shapesOf(layer.inboundNodes.at(-1)?.inputShapes);
    const outputShapes = layer.inboundNodes.map((node) => shapesOf(node.outputShapes));
    const outputShape = outputShapes.at(-1)?.[0] ?? [];
    const variables = entry.model ? [] : variablesOf(layer, twoRows);
    return [{ converted: entry, inputShape, outputShape, outputShapes, variables, layers }];
  });
}

/** Which layers tfjs-layers refuses by themselves, and why: it does not name them. */
function* refusedLayers(layers: readonly ConvertedLayer[]): Generator<string> {
  const { classNameMap } = tf.serialization.SerializationMap.getMap();
  for (const { name, className, tfjs, model } of layers) {
    const [layerClass, fromConfig] = classNameMap[tfjs.class_name] ?? [];
    if (model) yield* refusedLayers(model.layers);
    else if (layerClass && fromConfig) {
      try {
        const resetAfter = { ...tfjs.config, reset_after: false };
        fromConfig(layerClass, toTfjsWords(resetAfter) as Parameters<typeof fromConfig>[1]);
      } catch (cause) {
        yield `${name} (${className}): ${messageOf(cause)}`;
      }
    }
  }
}

async function build(tfjs: TfjsEntry, layers: readonly ConvertedLayer[]): Promise<LayersModel> {
  try {
    return await tf.loadLayersModel({ load: () => Promise.resolve({ modelTopology: tfjs }) });
  } catch (cause) {
    if (cause instanceof ModelError) throw cause;
    const refused = [...refusedLayers(layers)];
    throw new ModelError(
      'MODEL_UNSUPPORTED',
      `tfjs-layers can't build the model: ${refused.length > 0 ? refused.join('; ') : messageOf(cause)}`,
      cause,
    );
  }
}

/**
 * Has tfjs-layers build the model, to learn the weights that each layer needs and what it gives.
 * @param greatestElements the most numbers that all weights may have together
 * @throws {ModelError} MODEL_UNSUPPORTED if tfjs-layers refuses; MODEL_FILE_INVALID
 */
export function planLayers(
  model: ConvertedModel,
  greatestElements: number,
): Promise<readonly PlannedLayer[]> {
  return withinBudget(greatestElements, async (initialisers) => {
    const { class_name, config } = model.tfjs;
    const layers = prepared(config['layers'], initialisers);
    const built = await build({ class_name, config: { ...config, layers } }, model.layers);
    try {
      return plan(model.layers, built.layers, new Set(twoRowBiases(model.layers)));
    } finally {
      built.dispose();
    }
  });
}
