import { z } from 'zod';
import { ModelError } from '../errors.js';
import { parseCall, parseEnds, tfjsTensor } from './calls.js';
import { convertLayer } from './convert-layer.js';
import { checkGraph } from './graph-order.js';
import { functionalClasses, mergingClasses } from './layer-classes.js';
import { layerEntrySchema } from './layer-entry.js';
import { reasonsAgainst } from './layer-rules.js';
import { Refusals } from './refusals.js';
import type { Call, TensorOfLayer } from './calls.js';
import type { ConvertedLayer, Dialect, LayerEntry, TfjsEntry } from './layer-entry.js';

/** A model as tfjs-layers has it. */
export interface ConvertedModel {
  readonly tfjs: TfjsEntry;
  readonly layers: readonly ConvertedLayer[];
}

interface Conversion {
  readonly dialect: Dialect;
  readonly refusals: Refusals;
}

type Shape = readonly (number | null)[];
type CallThatCounts = Extract<Call, { readonly keras3: boolean }>;

const layersSchema = z.object({ layers: z.array(layerEntrySchema).min(1).max(100_000) });
const shapeSchema = z.array(z.int().positive().nullable()).min(1);

function isFunctional({ className }: LayerEntry): boolean {
  return functionalClasses.has(className);
}

function isModel(entry: LayerEntry): boolean {
  return isFunctional(entry) || entry.className === 'Sequential';
}

function layersOf(entry: LayerEntry): LayerEntry[] {
  const { data, error } = layersSchema.safeParse(entry.config);
  if (data) return data.layers;
  throw new ModelError(
    'MODEL_FILE_INVALID',
    `The model ${entry.name} (${entry.className}) has no list of layers: ${z.prettifyError(error)}`,
    error,
  );
}

/** A layer, or a model that is a layer; `undefined` if something speaks against it. */
function convertAny(entry: LayerEntry, conversion: Conversion): ConvertedLayer | undefined {
  if (isModel(entry)) {
    const { tfjs, layers } = convertNested(entry, conversion);
    return { name: entry.name, className: entry.className, tfjs, layers, weightGroups: [] };
  }
  const reasons = reasonsAgainst(entry, conversion.dialect);
  for (const reason of reasons) conversion.refusals.add(entry, reason);
  return reasons.length === 0 ? convertLayer(entry, conversion.dialect) : undefined;
}

/** A sequence needs to say what goes in: Keras 3 has it beside the layers if no InputLayer has. */
function missingInput(entry: LayerEntry, conversion: Conversion): ConvertedLayer[] {
  const [first] = layersOf(entry);
  const given = first?.config['batch_shape'] ?? first?.config['batch_input_shape'] ?? null;
  if (given !== null || (first && isModel(first))) return [];
  const shape: Shape | undefined = shapeSchema.safeParse(entry.config['build_input_shape']).data;
  if (shape === undefined) {
    conversion.refusals.add(entry, 'does not say what goes in; begin it with keras.Input(shape)');
    return [];
  }
  const name = `${entry.name}_input`;
  const config = { batch_input_shape: [null, ...shape.slice(1)], dtype: 'float32', name };
  const tfjs = { class_name: 'InputLayer', config };
  return [{ name, className: 'InputLayer', tfjs, weightGroups: [] }];
}

function convertSequential(entry: LayerEntry, conversion: Conversion): ConvertedModel {
  const converted = layersOf(entry).map((layer) => convertAny(layer, conversion));
  const layers = [...missingInput(entry, conversion), ...converted.filter((layer) => !!layer)];
  const config = { name: entry.name, layers: layers.map(({ tfjs }) => tfjs) };
  return { tfjs: { class_name: 'Sequential', config }, layers };
}

/** The calls that can be taken; the others are noted. */
function callsOf(entry: LayerEntry, { refusals }: Conversion): CallThatCounts[] {
  return entry.calls.map((value) => {
    const call = parseCall(value);
    if ('refusal' in call) {
      refusals.add(entry, call.refusal);
      return { tensors: [], keras3: true };
    }
    const isAlone = !mergingClasses.has(entry.className) && !isModel(entry);
    if (isAlone && call.tensors.length > 1) {
      refusals.add(entry, `is called with ${call.tensors.length} tensors; it takes one`);
    }
    return call;
  });
}

/**
 * To tfjs-layers, as to Keras 2, every model has been called once before it is a layer; to Keras 3 a
 * functional one has, and a sequential one has not.
 */
function shiftCalls(
  tensors: readonly TensorOfLayer[],
  isShifted: (layer: string) => boolean,
): TensorOfLayer[] {
  return tensors.map(([layer, call, output]) => [layer, call + Number(isShifted(layer)), output]);
}

function endsOf(
  entry: LayerEntry,
  key: 'input_layers' | 'output_layers',
): readonly TensorOfLayer[] {
  const ends = parseEnds(entry.config[key]);
  if (ends !== null && ends.length > 0) return ends;
  throw new ModelError('MODEL_FILE_INVALID', `The model ${entry.name} has no ${key}.`);
}

function convertFunctional(entry: LayerEntry, conversion: Conversion): ConvertedModel {
  const entries = layersOf(entry);
  const models = new Map(entries.filter(isModel).map((layer) => [layer.name, layer]));
  const isShifted = (name: string): boolean => models.get(name)?.className === 'Sequential';
  const shiftedEnds = (key: 'input_layers' | 'output_layers'): TensorOfLayer[] =>
    shiftCalls(endsOf(entry, key), (name) => conversion.dialect.kerasMajor >= 3 && isShifted(name));
  const graph = entries.map((layer) => ({
    converted: convertAny(layer, conversion),
    name: layer.name,
    firstCall: models.has(layer.name) ? 1 : 0,
    calls: callsOf(layer, conversion).map(({ tensors, keras3 }) =>
      shiftCalls(tensors, (name) => keras3 && isShifted(name)),
    ),
  }));
  const inputs = shiftedEnds('input_layers');
  const outputs = shiftedEnds('output_layers');
  checkGraph(graph, [...inputs, ...outputs]);
  const layers = graph.flatMap(({ converted, name, calls }) => {
    const inbound_nodes = calls.map((tensors) => tensors.map(tfjsTensor));
    return converted ? [{ ...converted, tfjs: { ...converted.tfjs, name, inbound_nodes } }] : [];
  });
  const config = {
    name: entry.name,
    layers: layers.map(({ tfjs }) => tfjs),
    input_layers: inputs,
    output_layers: outputs,
  };
  return { tfjs: { class_name: 'Functional', config }, layers };
}

function convertNested(entry: LayerEntry, conversion: Conversion): ConvertedModel {
  return isFunctional(entry)
    ? convertFunctional(entry, conversion)
    : convertSequential(entry, conversion);
}

/**
 * Converts a model's configuration, sequential or functional, to that of tfjs-layers.
 * @throws {ModelError} MODEL_UNSUPPORTED with all layers that can't be taken; MODEL_FILE_INVALID
 */
export function convertModel(configuration: unknown, dialect: Dialect): ConvertedModel {
  const { data: entry, error } = layerEntrySchema.safeParse(configuration);
  if (!entry) {
    const what = `The configuration is none of a model: ${z.prettifyError(error)}`;
    throw new ModelError('MODEL_FILE_INVALID', what, error);
  }
  if (!isModel(entry) || entry.registeredName?.includes('>') === true) {
    throw new ModelError(
      'MODEL_UNSUPPORTED',
      `The model is of the class ${entry.className}; only Sequential and functional models can be taken, ` +
        'for what others compute is in their Python code alone.',
    );
  }
  const conversion = { dialect, refusals: new Refusals() };
  const model = convertNested(entry, conversion);
  conversion.refusals.throwIfAny();
  return model;
}
