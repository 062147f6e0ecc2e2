import { z } from 'zod';
import type { LayerCost } from '../partition/layers.js';
import { ModelError } from './errors.js';
import { dense } from './layers/dense.js';
import { dropout } from './layers/dropout.js';
import { embedding } from './layers/embedding.js';
import { foreignLayer } from './layers/foreign.js';
import { gru } from './layers/gru.js';
import { lstm } from './layers/lstm.js';
import { layerNormalization } from './layers/layer-normalization.js';
import { modelJsonPath, parseModelJson } from './model-files.js';
import { WeightTable } from './weights.js';
import type { LayerDefinition, NativeLayerMaker, NetworkLayer } from './layers/layer.js';
import type { ModelFiles } from './model-files.js';

/** A sequence of layers that can be run, whole or in part. */
export interface Network {
  /** Without the batch dimension. */
  readonly inputShape: readonly number[];
  readonly layers: readonly NetworkLayer[];
}

const layerSchema = z.object({
  class_name: z.string(),
  config: z.looseObject({
    name: z.string(),
    batch_input_shape: z.array(z.int().positive().nullable()).optional(),
    mask_zero: z.boolean().nullish(),
  }),
});

const sequentialSchema = z.object({
  class_name: z.string(),
  config: z.object({ layers: z.array(layerSchema).min(1) }),
});

/** Keras puts the same one level deeper. */
const topologySchema = z.union([
  sequentialSchema,
  z.object({ model_config: sequentialSchema }).transform(({ model_config }) => model_config),
]);

type LayerEntry = z.infer<typeof layerSchema>;

const nativeLayers: ReadonlyMap<string, NativeLayerMaker> = new Map([
  ['Embedding', embedding],
  ['GRU', gru],
  ['LSTM', lstm],
  ['LayerNormalization', layerNormalization],
  ['Dropout', dropout],
  ['Dense', dense],
]);

function invalid(error: z.ZodError, what: string): ModelError {
  return new ModelError(
    'MODEL_FILE_INVALID',
    `${modelJsonPath}: ${what}: ${z.prettifyError(error)}`,
    error,
  );
}

function parseLayers(files: ModelFiles): LayerEntry[] {
  const topology = topologySchema.safeParse(parseModelJson(files).modelTopology);
  if (!topology.success) throw invalid(topology.error, 'no sequence of layers');
  const { class_name: className, config } = topology.data;
  if (className !== 'Sequential') {
    throw new ModelError(
      'MODEL_UNSUPPORTED',
      `${modelJsonPath} holds a model of class ${className}; only Sequential models can be run.`,
    );
  }
  return config.layers;
}

function inputShapeOf(layers: readonly LayerEntry[]): number[] {
  const shape = layers[0]?.config.batch_input_shape?.slice(1);
  if (!shape?.every((size) => size !== null)) {
    throw new ModelError(
      'MODEL_UNSUPPORTED',
      `${modelJsonPath}: the first layer's batch_input_shape must give every size but the batch's; ` +
        `found ${shape ? `[${shape.join(', ')}]` : 'none'}.`,
    );
  }
  return shape;
}

function refuseMask({ class_name: className, config }: LayerEntry): void {
  if (className !== 'Masking' && config.mask_zero !== true) return;
  throw new ModelError(
    'MODEL_UNSUPPORTED',
    `Layer ${config.name} (${className}) makes a mask, which would be lost at a cut. Train the model without masks.`,
  );
}

function makeLayer(definition: LayerDefinition): NetworkLayer {
  try {
    return nativeLayers.get(definition.className)?.(definition) ?? foreignLayer(definition);
  } catch (cause) {
    if (cause instanceof z.ZodError) throw invalid(cause, `layer ${definition.name}`);
    throw cause;
  }
}

/**
 * The network that a model's files hold.
 * @throws {ModelError} MODEL_FILE_MISSING, MODEL_FILE_INVALID, MODEL_UNSUPPORTED
 */
export function readNetwork(files: ModelFiles): Network {
  const entries = parseLayers(files);
  const networkInput = inputShapeOf(entries);
  const weights = new WeightTable(files);
  const layers: NetworkLayer[] = [];
  for (const entry of entries) {
    refuseMask(entry);
    if (entry.class_name === 'InputLayer') continue;
    layers.push(
      makeLayer({
        name: entry.config.name,
        className: entry.class_name,
        config: entry.config,
        inputShape: layers.at(-1)?.cost.outputShape ?? networkInput,
        weights,
      }),
    );
  }
  return { inputShape: networkInput, layers };
}

/**
 * What each layer costs, in the order in which cuts count them.
 * @throws {ModelError} MODEL_FILE_MISSING, MODEL_FILE_INVALID, MODEL_UNSUPPORTED
 */
export function describeLayers(files: ModelFiles): readonly LayerCost[] {
  return readNetwork(files).layers.map(({ cost }) => cost);
}
