import { convertLayer } from './convert-layer.js';
import { tfjsTensor } from './calls.js';
import type { ConvertedLayer, ModelEnds, ModelParts, TensorOfLayer } from './layer-entry.js';

/** A model's layers, and which tensors each takes in each of its calls. */
export interface ModelGraph {
  readonly layers: readonly ConvertedLayer[];
  readonly ends: ModelEnds;
}

/** Whether a layer stands for what a model takes. */
export function isInput({ tfjs }: ConvertedLayer): boolean {
  return tfjs.class_name === 'InputLayer';
}

/** An input for a sequence whose first layer has in its own configuration what it takes, or nowhere. */
function inputFor(layers: readonly ConvertedLayer[]): ConvertedLayer {
  let own = 'input';
  while (layers.some((layer) => layer.name === own)) own = `${own}_`;
  const shape = layers[0]?.tfjs.config['batch_input_shape'];
  const config = { dtype: 'float32', ...(shape === undefined ? {} : { batch_shape: shape }) };
  const entry = { className: 'InputLayer', name: own, config, calls: [] };
  return convertLayer({ ...entry, module: null, registeredName: null }, { kerasMajor: 3 });
}

/** The first thing that a layer gives, called once; a model has been called once before. */
function outputOf({ name, model }: ConvertedLayer): TensorOfLayer {
  return [name, model === undefined ? 0 : 1, 0];
}

/** A sequence as a graph, in which each layer takes the one before it; a graph as it is. */
export function graphOf({ layers, ends }: ModelParts): ModelGraph {
  if (ends !== null) return { layers, ends };
  const [first] = layers;
  const [input, rest] =
    first && isInput(first) ? [first, layers.slice(1)] : [inputFor(layers), layers];
  const chain = rest.map((layer, at): ConvertedLayer => {
    const before = outputOf(rest[at - 1] ?? input);
    return { ...layer, tfjs: { ...layer.tfjs, inbound_nodes: [[tfjsTensor(before)]] } };
  });
  const outputs = [outputOf(chain.at(-1) ?? input)];
  const all = [{ ...input, tfjs: { ...input.tfjs, inbound_nodes: [] } }, ...chain];
  return { layers: all, ends: { inputs: [outputOf(input)], outputs } };
}
