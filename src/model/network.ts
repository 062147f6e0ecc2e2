import { z } from 'zod';
import type { LayerCost } from '../partition/layers.js';
import { ModelError } from './errors.js';
import { inOrder } from './layer-order.js';
import { dense } from './layers/dense.js';
import { embedding } from './layers/embedding.js';
import { foreignLayer } from './layers/foreign.js';
import { gru } from './layers/gru.js';
import { identityClasses, identityLayer } from './layers/identity.js';
import { lstm } from './layers/lstm.js';
import { layerNormalization } from './layers/layer-normalization.js';
import { modelJsonPath } from './model-files.js';
import { bytesAt } from './network-tensors.js';
import { readTopology } from './topology.js';
import { WeightTable } from './weights.js';
import type { LayerDefinition, NativeLayerMaker, NetworkLayer } from './layers/layer.js';
import type { ModelFiles } from './model-files.js';
import type { TensorSpec } from './tensor.js';
import type { InputEntry, LayerEntry, Topology } from './topology.js';

/**
 * Layers that can be run, whole or in part. Its tensors have numbers: first what the network takes,
 * then the output of each layer; so layer `i` makes the tensor `inputs.length + i`.
 */
export interface Network {
  /** What the whole network takes: `cells` where that is nothing but the ids of an embedding. */
  readonly inputs: readonly TensorSpec[];
  /** In the order in which cuts count them: each after those whose output it takes. */
  readonly layers: readonly NetworkLayer[];
  /** For each layer, the numbers of the tensors that it takes, in its order. */
  readonly takes: readonly (readonly number[])[];
  /** Numbers of the tensors that the whole network gives, each once. */
  readonly outputs: readonly number[];
}

const nativeLayers: ReadonlyMap<string, NativeLayerMaker> = new Map([
  ['Embedding', embedding],
  ['GRU', gru],
  ['LSTM', lstm],
  ['LayerNormalization', layerNormalization],
  ['Dense', dense],
]);

/** What every batch has besides the network's tensors: the windower's, for the sink. */
const reservedName = 'currentCell';

function makeLayer(
  definition: LayerDefinition,
  native: NativeLayerMaker | undefined,
): NetworkLayer {
  if (identityClasses.has(definition.className)) return identityLayer(definition);
  try {
    return native?.(definition) ?? foreignLayer(definition);
  } catch (cause) {
    if (!(cause instanceof z.ZodError)) throw cause;
    throw new ModelError(
      'MODEL_FILE_INVALID',
      `${modelJsonPath}: layer ${definition.name}: ${z.prettifyError(cause)}`,
      cause,
    );
  }
}

/** Native layers take one tensor, and ids only as they come into the network: as integers. */
function nativeMaker(
  { className }: LayerEntry,
  takes: readonly number[],
  inputCount: number,
): NativeLayerMaker | undefined {
  const [first = 0] = takes;
  if (takes.length > 1 || (className === 'Embedding' && first >= inputCount)) return undefined;
  return nativeLayers.get(className);
}

/** Ids where embeddings take it, and nothing else does. */
function inputSpec(
  { inputs, isSequence }: Topology,
  { name, itemShape }: InputEntry,
  takers: readonly NetworkLayer[],
): TensorSpec {
  const other = takers.find(({ idCount }) => idCount === undefined);
  const takesIds = takers.some(({ idCount }) => idCount !== undefined);
  if (other && takesIds) {
    throw new ModelError(
      'MODEL_UNSUPPORTED',
      `Layer ${other.cost.name} (${other.cost.className}) takes the input ${name}, ` +
        'which is ids for an embedding as well. Give it an input of its own.',
    );
  }
  const isOnly = isSequence || inputs.length === 1;
  return takesIds
    ? { name: isOnly ? 'cells' : name, dtype: 'int32', itemShape }
    : { name: isOnly ? 'input' : name, dtype: 'float32', itemShape };
}

/** Tensors travel by their names. Of a sequence only one is on its way at a time. */
function refuseSameNames({ inputs, layers }: Network): void {
  const names = new Set([reservedName]);
  for (const { name } of [...inputs, ...layers.map(({ cost }) => cost)]) {
    if (names.has(name)) {
      throw new ModelError(
        'MODEL_UNSUPPORTED',
        `Two tensors would be called ${name} on their way: give the layer of that name another one.`,
      );
    }
    names.add(name);
  }
}

function assemble(topology: Topology, weights: WeightTable): Network {
  const entries = inOrder(topology);
  const names = [...topology.inputs, ...entries].map(({ name }) => name);
  // A sequence is what its file's order says, whatever its layers are called.
  const takes = entries.map((entry, at) =>
    topology.isSequence ? [at] : entry.takes.map((name) => names.indexOf(name)),
  );
  const shapes = topology.inputs.map(({ itemShape }) => itemShape);
  const inputCount = shapes.length;
  const layers = entries.map((entry, at): NetworkLayer => {
    const taken = takes[at] ?? [];
    const inputShapes = taken.map((tensor) => shapes[tensor] ?? []);
    const [inputShape = []] = inputShapes;
    const definition = { ...entry, inputShape, inputShapes, weights };
    const layer = makeLayer(definition, nativeMaker(entry, taken, inputCount));
    shapes.push(layer.cost.outputShape);
    return layer;
  });
  const inputs = topology.inputs.map((input, tensor) => {
    const takers = layers.filter((_, at) => takes[at]?.includes(tensor));
    return inputSpec(topology, input, takers);
  });
  const outputs = topology.isSequence
    ? [names.length - 1]
    : topology.outputs.map((name) => names.indexOf(name));
  return { inputs, layers, takes, outputs };
}

/**
 * The network that a model's files hold: a tfjs-layers model of class Sequential, Model or
 * Functional.
 * @throws {ModelError} MODEL_FILE_MISSING, MODEL_FILE_INVALID, MODEL_UNSUPPORTED
 */
export function readNetwork(files: ModelFiles): Network {
  const topology = readTopology(files);
  const network = assemble(topology, new WeightTable(files));
  if (!topology.isSequence) refuseSameNames(network);
  return network;
}

/**
 * What each layer costs, in the order in which cuts count them.
 * @throws {ModelError} MODEL_FILE_MISSING, MODEL_FILE_INVALID, MODEL_UNSUPPORTED
 */
export function describeLayers(files: ModelFiles): readonly LayerCost[] {
  const network = readNetwork(files);
  return network.layers.map(({ cost }, at) => ({ ...cost, cutBytes: bytesAt(network, at + 1) }));
}
