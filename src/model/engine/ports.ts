import type { Network } from '../network.js';
import type { TensorSpec } from '../tensor.js';

/** What the whole network takes: `cells` where its first layer is an embedding of ids. */
export function networkInput({ inputShape, layers }: Network): TensorSpec {
  return layers[0]?.idCount === undefined
    ? { name: 'input', dtype: 'float32', itemShape: inputShape }
    : { name: 'cells', dtype: 'int32', itemShape: inputShape };
}

/** What crosses a cut before layer `cut`: the output of the layer before, by that layer's name. */
export function tensorAt(network: Network, cut: number): TensorSpec {
  const before = network.layers[cut - 1];
  if (!before) return networkInput(network);
  return { name: before.cost.name, dtype: 'float32', itemShape: before.cost.outputShape };
}

/** What the whole network gives: the output of its last layer. */
export function networkOutput(network: Network): TensorSpec {
  return tensorAt(network, network.layers.length);
}

/** What a network gives that is asked for the best `topK` cells only. */
export function topKOutputs(topK: number): TensorSpec[] {
  return [
    { name: 'cells', dtype: 'int32', itemShape: [topK] },
    { name: 'probabilities', dtype: 'float32', itemShape: [topK] },
  ];
}
