import { z } from 'zod';
import { ModelError } from './errors.js';
import { layerCalls } from './layer-calls.js';
import { modelJsonPath, parseModelJson } from './model-files.js';
import type { ModelFiles } from './model-files.js';

/** One layer as `model.json` has it, and the names of what it takes: layers or inputs. */
export interface LayerEntry {
  readonly name: string;
  readonly className: string;
  /** Keras' own names: `return_sequences`, … */
  readonly config: LayerConfig;
  readonly takes: readonly string[];
}

/** One thing that the whole network takes. */
export interface InputEntry {
  readonly name: string;
  /** Without the batch dimension. */
  readonly itemShape: readonly number[];
}

/** What `model.json` says of a network, before its layers are understood. */
export interface Topology {
  /** Whether the model's class says that each layer takes the one before, and nothing else. */
  readonly isSequence: boolean;
  readonly inputs: readonly InputEntry[];
  /** Without the inputs; in the order of the file. */
  readonly layers: readonly LayerEntry[];
  /** Names of layers or inputs. */
  readonly outputs: readonly string[];
}

const configSchema = z.looseObject({
  name: z.string(),
  batch_input_shape: z.array(z.int().positive().nullable()).optional(),
  mask_zero: z.boolean().nullish(),
});

/** A layer's configuration, parsed as far as every layer has it. */
export type LayerConfig = z.infer<typeof configSchema>;

const layerSchema = z.object({
  class_name: z.string(),
  name: z.string().optional(),
  config: configSchema,
  inbound_nodes: z.unknown().optional(),
});

/** Layer, which of its applications, which of its outputs. */
const tensorSchema = z.tuple([z.string(), z.int(), z.int()]);

const modelSchema = z.object({
  class_name: z.string(),
  config: z.object({
    layers: z.array(layerSchema).min(1),
    input_layers: z.array(tensorSchema).optional(),
    output_layers: z.array(tensorSchema).optional(),
  }),
});

/** Keras puts the same one level deeper. */
const topologySchema = z.union([
  modelSchema,
  z.object({ model_config: modelSchema }).transform(({ model_config }) => model_config),
]);

type ModelConfig = z.infer<typeof modelSchema>['config'];
type FileLayer = z.infer<typeof layerSchema>;

const nestedClasses = new Set(['Sequential', 'Model', 'Functional']);

function unsupported(message: string): ModelError {
  return new ModelError('MODEL_UNSUPPORTED', message);
}

function invalid(what: string, cause?: unknown): ModelError {
  return new ModelError('MODEL_FILE_INVALID', `${modelJsonPath}: ${what}`, cause);
}

function refuseNested({ class_name: className, config, inbound_nodes: nodes }: FileLayer): void {
  if (!nestedClasses.has(className)) return;
  const layer = { name: config.name, className };
  // One that is applied more than once is refused as a shared layer.
  if (Array.isArray(nodes) && nodes.length > 1) layerCalls(layer, nodes);
  throw unsupported(
    `Layer ${layer.name} (${className}) is a model within the model. ` +
      "`stagecoach import` puts that model's own layers in its place.",
  );
}

function refuseMask({ class_name: className, config }: FileLayer): void {
  if (className !== 'Masking' && config.mask_zero !== true) return;
  throw unsupported(
    `Layer ${config.name} (${className}) makes a mask, which would be lost at a cut. Train the model without masks.`,
  );
}

function itemShapeOf(whose: string, shape: readonly (number | null)[] | undefined): number[] {
  const itemShape = shape?.slice(1);
  if (itemShape?.every((size) => size !== null)) return itemShape;
  throw unsupported(
    `${modelJsonPath}: ${whose} batch_input_shape must give every size but the batch's; ` +
      `found ${itemShape ? `[${itemShape.join(', ')}]` : 'none'}.`,
  );
}

function sequence(layers: readonly FileLayer[]): Topology {
  const input = {
    name: 'input',
    itemShape: itemShapeOf("the first layer's", layers[0]?.config.batch_input_shape),
  };
  const real = layers.filter(({ class_name: className }) => className !== 'InputLayer');
  return {
    isSequence: true,
    inputs: [input],
    layers: real.map(({ class_name: className, config }, at) => ({
      ...{ name: config.name, className, config },
      takes: [real[at - 1]?.config.name ?? input.name],
    })),
    outputs: [real.at(-1)?.config.name ?? input.name],
  };
}

function byName(layers: readonly FileLayer[]): ReadonlyMap<string, FileLayer> {
  const known = new Map<string, FileLayer>();
  for (const layer of layers) {
    const name = layer.name ?? layer.config.name;
    if (known.has(name)) throw invalid(`two layers are called ${name}`);
    known.set(name, layer);
  }
  return known;
}

function outputNames(outputs: readonly (readonly [string, number, number])[]): string[] {
  const names = outputs.map(([name]) => name);
  const twice = names.find((name, at) => names.indexOf(name) < at);
  if (twice !== undefined) throw unsupported(`The model gives the output of ${twice} twice.`);
  return names;
}

function functional({
  layers,
  input_layers: inputs,
  output_layers: outputs,
}: ModelConfig): Topology {
  const named = byName(layers);
  const isInput = (layer: FileLayer): boolean => layer.class_name === 'InputLayer';
  return {
    isSequence: false,
    inputs: (inputs ?? []).map(([name]) => ({
      name,
      itemShape: itemShapeOf(`${name}'s`, named.get(name)?.config.batch_input_shape),
    })),
    layers: [...named]
      .filter(([, layer]) => !isInput(layer))
      .map(([name, { class_name: className, config, inbound_nodes: nodes }]) => ({
        ...{ name, className, config },
        takes: layerCalls({ name, className }, nodes),
      })),
    outputs: outputNames(outputs ?? []),
  };
}

/**
 * What a model's files say of its layers and of what each of them takes.
 * @throws {ModelError} MODEL_FILE_MISSING, MODEL_FILE_INVALID, MODEL_UNSUPPORTED
 */
export function readTopology(files: ModelFiles): Topology {
  const parsed = topologySchema.safeParse(parseModelJson(files).modelTopology);
  if (!parsed.success) {
    throw invalid(`no network of layers: ${z.prettifyError(parsed.error)}`, parsed.error);
  }
  const { class_name: className, config } = parsed.data;
  for (const layer of config.layers) {
    refuseNested(layer);
    refuseMask(layer);
  }
  if (className === 'Sequential') return sequence(config.layers);
  if (className === 'Model' || className === 'Functional') return functional(config);
  throw unsupported(
    `${modelJsonPath} holds a model of class ${className}; only Sequential, Model and Functional can be run.`,
  );
}
