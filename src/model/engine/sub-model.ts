import { ModelError } from '../errors.js';
import { vectorLength } from '../layers/vector.js';
import { portsOf, tensorSpec, tensorsAt } from '../network-tensors.js';
import { readNetwork } from '../network.js';
import { sizeOf } from '../tensor.js';
import { checkIds, checkInputs, emptyOf, padBatch, rowsOf } from './batch.js';
import { computationOf } from './segment-plans.js';
import { loadSegments } from './segments.js';
import type { ModelFiles } from '../model-files.js';
import type { Network } from '../network.js';
import type { HostTensor, TensorSpec } from '../tensor.js';

/** A part of a network, loaded and ready to compute. */
export interface SubModel {
  /** What its layers take that is made before them. */
  readonly inputs: readonly TensorSpec[];
  /** What its layers make that is needed after them. */
  readonly outputs: readonly TensorSpec[];
  /** Names of the inputs that are needed after its layers as well, and so have to go on. */
  readonly keeps: readonly string[];
  /**
   * Computes a batch of any size. The bits of an item's result depend on that item alone: not on
   * the batch, not on where the network is cut. Blocks the thread while it computes.
   * @param inputs as {@link SubModel.inputs} says, with the batch first; left as they are
   * @returns as {@link SubModel.outputs} says; may be views of larger buffers, never of the inputs
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
   * With the last layer of a network with one output only: in place of the scores of all cells, the
   * `topK` best cells (`cells`, int32 `[batch, topK]`) and their scores (`probabilities`, float32
   * `[batch, topK]`), the best first, and of equal ones the lower cell first.
   */
  readonly topK?: number | undefined;
}

function checkRange(network: Network, { from, to, topK }: SubModelOptions): void {
  const { length } = network.layers;
  const fail = (message: string): never => {
    throw new ModelError('MODEL_RANGE', message);
  };
  if (!Number.isInteger(from) || !Number.isInteger(to) || from < 0 || from >= to || to > length) {
    fail(
      `Layers ${from} to ${to} asked for; the network has ${length} layers, and a sub-model one at least.`,
    );
  }
  if (topK === undefined) return;
  if (to !== length) fail(`topK goes with the last layer, ${length - 1}, only.`);
  const [scores, ...others] = tensorsAt(network, length);
  if (scores?.itemShape.length !== 1 || others.length > 0) {
    fail('topK needs a network that gives one list of scores per item.');
  }
  const count = sizeOf(scores?.itemShape ?? []);
  if (!Number.isInteger(topK) || topK < 1 || topK > count) {
    fail(`topK is ${topK}; the network gives ${count} scores.`);
  }
}

/** What a network gives that is asked for the best `topK` cells only. */
function topKOutputs(topK: number): TensorSpec[] {
  return [
    { name: 'cells', dtype: 'int32', itemShape: [topK] },
    { name: 'probabilities', dtype: 'float32', itemShape: [topK] },
  ];
}

/** How many ids there are, for each of the network's inputs that these layers take as ids. */
function idCounts(
  { inputs, layers, takes }: Network,
  { from, to }: SubModelOptions,
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  layers.slice(from, to).forEach(({ idCount }, at) => {
    if (idCount === undefined) return;
    for (const tensor of takes[from + at] ?? []) {
      const name = inputs[tensor]?.name;
      if (name !== undefined) counts.set(name, Math.min(idCount, counts.get(name) ?? Infinity));
    }
  });
  return counts;
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

/** As {@link compileSubModel}, of a network that is read already. */
export function subModelOf(network: Network, options: SubModelOptions): SubModel {
  checkRange(network, options);
  const { topK } = options;
  const ports = portsOf(network, options);
  const specOf = (tensor: number): TensorSpec => tensorSpec(network, tensor);
  const inputs = ports.inputs.map(specOf);
  const outputs = topK === undefined ? ports.outputs.map(specOf) : topKOutputs(topK);
  const keeps = ports.keeps.map((tensor) => specOf(tensor).name);
  const ids = idCounts(network, options);
  const segments = loadSegments(network, computationOf(network, options), topK);
  const compute = (tensors: readonly HostTensor[]): readonly HostTensor[] =>
    segments.run(new Map(tensors.map((tensor, at) => [ports.inputs[at] ?? -1, tensor])));
  compute(inputs.map((spec) => emptyOf(spec, vectorLength)));
  return {
    ...{ inputs, outputs, keeps },
    run(tensors) {
      const taken = checkInputs(tensors, inputs);
      for (const tensor of taken) {
        const idCount = ids.get(tensor.name);
        if (idCount !== undefined) checkIds(tensor, idCount);
      }
      const items = taken[0]?.shape[0] ?? 0;
      if (items === 0) return outputs.map((spec) => emptyOf(spec, 0));
      return compute(taken.map(padBatch)).map((output, at) => {
        const rows = rowsOf(output, 0, items);
        const isInput = taken.some(({ data }) => data.buffer === rows.data.buffer);
        const data = isInput ? rows.data.slice() : rows.data;
        return { ...rows, data, name: outputs[at]?.name ?? output.name };
      });
    },
    dispose: () => segments.dispose(),
  };
}
