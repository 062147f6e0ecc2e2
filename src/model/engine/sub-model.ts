import { ModelError } from '../errors.js';
import { vectorLength } from '../layers/vector.js';
import { readNetwork } from '../network.js';
import { sizeOf } from '../tensor.js';
import { checkIds, checkInput, cutBatch, padBatch } from './batch.js';
import { nativeSegment } from './native-segment.js';
import { tensorAt, topKOutputs } from './ports.js';
import { tfjsSegment } from './tfjs-segment.js';
import type { ForeignLayer, NativeLayer, NetworkLayer } from '../layers/layer.js';
import type { ModelFiles } from '../model-files.js';
import type { Network } from '../network.js';
import type { HostTensor, TensorSpec } from '../tensor.js';
import type { Segment } from './segment.js';

/** A part of a network, loaded and ready to compute. */
export interface SubModel {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  /**
   * Computes a batch of any size. The bits of an item's result depend on that item alone: not on
   * the batch, not on where the network is cut. Blocks the thread while it computes.
   * @param inputs as {@link SubModel.inputs} says, with the batch first; left as they are
   * @returns as {@link SubModel.outputs} says; may be views of larger buffers
   * @throws {ModelError} TENSOR_INVALID, ENGINE_FAILED
   */
  run(inputs: readonly HostTensor[]): HostTensor[];
  /** Frees what the sub-model holds outside JavaScript. */
  dispose(): void;
}

/** Which part of a network. */
export interface SubModelOptions {
  /** Index of the first layer. */
  readonly from: number;
  /** Index after the last layer. */
  readonly to: number;
  /**
   * With the last layer only: in place of the scores of all cells, the `topK` best cells
   * (`cells`, int32 `[batch, topK]`) and their scores (`probabilities`, float32 `[batch, topK]`),
   * the best first, and of equal ones the lower cell first.
   */
  readonly topK?: number | undefined;
}

function checkRange({ layers }: Network, { from, to, topK }: SubModelOptions): void {
  const fail = (message: string): never => {
    throw new ModelError('MODEL_RANGE', message);
  };
  if (
    !Number.isInteger(from) ||
    !Number.isInteger(to) ||
    from < 0 ||
    from >= to ||
    to > layers.length
  ) {
    fail(
      `Layers ${from} to ${to} asked for; the network has ${layers.length} layers, and a sub-model one at least.`,
    );
  }
  if (topK === undefined) return;
  const outputShape = layers.at(-1)?.cost.outputShape ?? [];
  if (to !== layers.length) fail(`topK goes with the last layer, ${layers.length - 1}, only.`);
  if (outputShape.length !== 1)
    fail('topK needs a network that gives one list of scores per item.');
  if (!Number.isInteger(topK) || topK < 1 || topK > sizeOf(outputShape)) {
    fail(`topK is ${topK}; the network gives ${sizeOf(outputShape)} scores.`);
  }
}

/** Neighbouring layers with the same route, together. */
function runsOfRoute(layers: readonly NetworkLayer[]): NetworkLayer[][] {
  const runs: NetworkLayer[][] = [];
  for (const layer of layers) {
    const last = runs.at(-1);
    if (last?.[0]?.route === layer.route) last.push(layer);
    else runs.push([layer]);
  }
  return runs;
}

const isNative = (layer: NetworkLayer): layer is NativeLayer => layer.route === 'native';
const isForeign = (layer: NetworkLayer): layer is ForeignLayer => layer.route === 'tfjs';

function loadSegments(network: Network, { from, to, topK }: SubModelOptions): Segment[] {
  const segments: Segment[] = [];
  let at = from;
  try {
    for (const layers of runsOfRoute(network.layers.slice(from, to))) {
      const input = tensorAt(network, at);
      at += layers.length;
      const native = layers.filter(isNative);
      segments.push(
        native.length > 0
          ? nativeSegment({ layers: native, input, topK: at === to ? topK : undefined })
          : tfjsSegment(layers.filter(isForeign)),
      );
    }
    if (topK !== undefined && network.layers[to - 1]?.route === 'tfjs') {
      segments.push(nativeSegment({ layers: [], input: tensorAt(network, to), topK }));
    }
    return segments;
  } catch (cause) {
    for (const segment of segments) segment.dispose();
    throw cause;
  }
}

function runSegments(segments: readonly Segment[], input: HostTensor): HostTensor[] {
  let tensors = [input];
  for (const segment of segments) {
    const [next] = tensors;
    if (next) tensors = segment.run(next);
  }
  return tensors;
}

function emptyOf({ name, dtype, itemShape }: TensorSpec, items: number): HostTensor {
  const shape = [items, ...itemShape];
  const length = sizeOf(shape);
  return {
    name,
    dtype,
    shape,
    data: dtype === 'int32' ? new Int32Array(length) : new Float32Array(length),
  };
}

/**
 * Makes layers `from` to `to` of a network ready to run: a native TensorFlow graph with the weights
 * of these layers, and no others, on one thread. Layers that have no native route are computed by
 * tfjs-layers, slower.
 *
 * One batch is run before it returns, so that the first real one is as fast as the others.
 *
 * @throws {ModelError} MODEL_RANGE, MODEL_FILE_MISSING, MODEL_FILE_INVALID, MODEL_UNSUPPORTED, ENGINE_FAILED
 * @example
 * const files = await loadModelFiles('models/daejeon');
 * const model = await compileSubModel(files, { from: 0, to: 21, topK: 5 });
 * const [cells, probabilities] = model.run([{ name: 'cells', dtype: 'int32', shape: [1, 20], data }]);
 */
export function compileSubModel(files: ModelFiles, options: SubModelOptions): Promise<SubModel> {
  return new Promise((resolve) => resolve(subModelOf(readNetwork(files), options)));
}

function subModelOf(network: Network, options: SubModelOptions): SubModel {
  checkRange(network, options);
  const input = tensorAt(network, options.from);
  const { topK, to } = options;
  const outputs = topK === undefined ? [tensorAt(network, to)] : topKOutputs(topK);
  const idCount = options.from === 0 ? network.layers[0]?.idCount : undefined;
  const segments = loadSegments(network, options);
  runSegments(segments, emptyOf(input, vectorLength));
  return {
    inputs: [input],
    outputs,
    run(tensors) {
      const tensor = checkInput(tensors, input);
      if (idCount !== undefined) checkIds(tensor, idCount);
      const [items = 0] = tensor.shape;
      if (items === 0) return outputs.map((spec) => emptyOf(spec, 0));
      return runSegments(segments, padBatch(tensor)).map((output, index) => ({
        ...cutBatch(output, items),
        name: outputs[index]?.name ?? output.name,
      }));
    },
    dispose: () => segments.forEach((segment) => segment.dispose()),
  };
}
