import { z } from 'zod';
import { ModelError } from '../errors.js';
import { parseCall, tfjsTensor } from './calls.js';
import { convertLayer } from './convert-layer.js';
import { checkGraph, checkNames } from './graph-order.js';
import { mergingClasses } from './layer-classes.js';
import { isTrainable, layerEntrySchema } from './layer-entry.js';
import { isOwnClass, reasonsAgainst } from './layer-rules.js';
import { greatestLayerCount, greatestModelDepth } from './limits.js';
import { endsOf, isFunctional, isModel, layersOf, statedInput } from './model-entry.js';
import { Refusals } from './refusals.js';
import type { Call } from './calls.js';
import type {
  ConvertedLayer,
  Dialect,
  LayerEntry,
  ModelParts,
  TensorOfLayer,
  TfjsEntry,
} from './layer-entry.js';

/** A model as tfjs-layers has it. */
export interface ConvertedModel extends ModelParts {
  readonly name: string;
  readonly tfjs: TfjsEntry;
}

interface Conversion {
  readonly dialect: Dialect;
  readonly refusals: Refusals;
  /** The names of the models around what is converted, but for the whole: `block/inner/`. */
  readonly path: string;
  /** How many they are. */
  readonly depth: number;
  /** Of all models so far. */
  readonly layers: { count: number };
}

type CallThatCounts = Extract<Call, { readonly keras3: boolean }>;

function refuse(
  { name, className }: LayerEntry,
  { refusals, path }: Conversion,
  why: string,
): void {
  refusals.add({ name: `${path}${name}`, className }, why);
}

/** A layer, or a model that is a layer; `undefined` if something speaks against it. */
function convertAny(entry: LayerEntry, conversion: Conversion): ConvertedLayer | undefined {
  if (isModel(entry) && !isOwnClass(entry)) {
    const { name, className } = entry;
    const path = `${conversion.path}${name}/`;
    const inner = { ...conversion, path, depth: conversion.depth + 1 };
    const { tfjs, layers, ends } = convertNested(entry, inner);
    const model = { layers, ends };
    return { name, className, tfjs, weightGroups: [], isTrainable: isTrainable(entry), model };
  }
  const reasons = reasonsAgainst(entry, conversion.dialect);
  for (const reason of reasons) refuse(entry, conversion, reason);
  return reasons.length === 0 ? convertLayer(entry, conversion.dialect) : undefined;
}

/**
 * A sequence needs to say what goes in: if neither an InputLayer nor the first layer does, Keras 3
 * has it beside the layers, and a model that comes first has it within. A model's own sequence is
 * given what goes in.
 */
function missingInput(
  entry: LayerEntry,
  first: LayerEntry | undefined,
  conversion: Conversion,
): ConvertedLayer[] {
  if (conversion.depth > 0 || (first && !isModel(first) && statedInput(first) !== null)) return [];
  const stated = statedInput(entry);
  if (stated === null) {
    refuse(entry, conversion, 'does not say what goes in; begin it with keras.Input(shape)');
    return [];
  }
  const config = { batch_shape: stated.shape, dtype: stated.dtype };
  const input = { className: 'InputLayer', name: `${entry.name}_input`, config };
  return [
    convertLayer({ ...input, module: null, registeredName: null, calls: [] }, conversion.dialect),
  ];
}

function convertSequential(
  entry: LayerEntry,
  entries: readonly LayerEntry[],
  conversion: Conversion,
): ConvertedModel {
  checkNames(entries);
  const converted = entries.map((layer) => convertAny(layer, conversion));
  const input = missingInput(entry, entries[0], conversion);
  const layers = [...input, ...converted.filter((layer) => !!layer)];
  const config = { name: entry.name, layers: layers.map(({ tfjs }) => tfjs) };
  return { name: entry.name, tfjs: { class_name: 'Sequential', config }, layers, ends: null };
}

/** The calls that can be taken; the others are noted. */
function callsOf(entry: LayerEntry, conversion: Conversion): CallThatCounts[] {
  if (isModel(entry) && entry.calls.length === 0) {
    throw new ModelError(
      'MODEL_FILE_INVALID',
      `The model ${entry.name} (${entry.className}) is a layer of another one, which never calls it.`,
    );
  }
  return entry.calls.map((value) => {
    const call = parseCall(value);
    if ('refusal' in call) {
      refuse(entry, conversion, call.refusal);
      return { tensors: [], keras3: true };
    }
    const isAlone = !mergingClasses.has(entry.className) && !isModel(entry);
    if (isAlone && call.tensors.length > 1) {
      refuse(entry, conversion, `is called with ${call.tensors.length} tensors; it takes one`);
    }
    return call;
  });
}

/**
 * To tfjs-layers, as to Keras 2, every model has been called once before it is a layer. To Keras 3 none
 * has, except where it lists a model's inputs and outputs: there, a functional one has.
 * @see `get_config` and `serialize_node` in keras/src/models/functional.py
 */
function shiftCalls(
  tensors: readonly TensorOfLayer[],
  isShifted: (layer: string) => boolean,
): TensorOfLayer[] {
  return tensors.map(([layer, call, output]) => [layer, call + Number(isShifted(layer)), output]);
}

function convertFunctional(
  entry: LayerEntry,
  entries: readonly LayerEntry[],
  conversion: Conversion,
): ConvertedModel {
  const models = new Map(entries.filter(isModel).map((layer) => [layer.name, layer]));
  const isKeras3 = conversion.dialect.kerasMajor >= 3;
  const shiftedEnds = (key: 'input_layers' | 'output_layers'): TensorOfLayer[] =>
    shiftCalls(
      endsOf(entry, key),
      (name) => isKeras3 && models.get(name)?.className === 'Sequential',
    );
  const graph = entries.map((layer) => ({
    converted: convertAny(layer, conversion),
    name: layer.name,
    firstCall: models.has(layer.name) ? 1 : 0,
    calls: callsOf(layer, conversion).map(({ tensors, keras3 }) =>
      shiftCalls(tensors, (name) => keras3 && models.has(name)),
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
  const tfjs = { class_name: 'Functional', config };
  return { name: entry.name, tfjs, layers, ends: { inputs, outputs } };
}

function checkSize(entry: LayerEntry, { depth, layers }: Conversion): void {
  const problem =
    depth > greatestModelDepth
      ? `is within ${depth} other models; at most ${greatestModelDepth} are taken`
      : `makes it more than ${greatestLayerCount} layers, with those before it; no more are taken`;
  if (depth <= greatestModelDepth && layers.count <= greatestLayerCount) return;
  throw new ModelError(
    'MODEL_UNSUPPORTED',
    `The model ${entry.name} (${entry.className}) ${problem}.`,
  );
}

function convertNested(entry: LayerEntry, conversion: Conversion): ConvertedModel {
  const entries = layersOf(entry);
  conversion.layers.count += entries.length;
  checkSize(entry, conversion);
  return isFunctional(entry)
    ? convertFunctional(entry, entries, conversion)
    : convertSequential(entry, entries, conversion);
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
  if (!isModel(entry) || isOwnClass(entry)) {
    throw new ModelError(
      'MODEL_UNSUPPORTED',
      `The model is of the class ${entry.className}; only Sequential and functional models can be taken, ` +
        'for what others compute is in their Python code alone.',
    );
  }
  const layers = { count: 0 };
  const conversion = { dialect, refusals: new Refusals(), path: '', depth: 0, layers };
  const model = convertNested(entry, conversion);
  conversion.refusals.throwIfAny();
  return model;
}
