import { sizeOf } from './tensor.js';
import type { LayerRange } from '../partition/cuts.js';
import type { Network } from './network.js';
import type { TensorSpec } from './tensor.js';

/** Which tensors a sub-model has to do with, by their numbers in the network. */
export interface SubModelPorts {
  /** Made before its layers, and taken by one of them. */
  readonly inputs: readonly number[];
  /** Made by its layers, and needed after them. */
  readonly outputs: readonly number[];
  /** Those of the inputs that are needed after its layers as well. */
  readonly keeps: readonly number[];
}

/** What a tensor is called, and what it looks like. */
export function tensorSpec({ inputs, layers }: Network, tensor: number): TensorSpec {
  const input = inputs[tensor];
  if (input) return input;
  const cost = layers[tensor - inputs.length]?.cost;
  return { name: cost?.name ?? '', dtype: 'float32', itemShape: cost?.outputShape ?? [] };
}

/** The numbers of the tensors that are made before layer `cut`, and needed there or later. */
export function numbersAt({ inputs, layers, takes, outputs }: Network, cut: number): number[] {
  if (cut === layers.length) return [...outputs];
  const needed = new Set([...takes.slice(cut).flat(), ...outputs]);
  return [...needed].filter((tensor) => tensor < inputs.length + cut).sort((a, b) => a - b);
}

/**
 * What crosses a cut before layer `cut`, each by the name of the layer that made it: all that is
 * made before and needed there or later. At 0 that is what the network takes, and behind the last
 * layer what it gives.
 */
export function tensorsAt(network: Network, cut: number): TensorSpec[] {
  return numbersAt(network, cut).map((tensor) => tensorSpec(network, tensor));
}

/** The size of what crosses a cut before layer `cut`, for one item, uncompressed. */
export function bytesAt(network: Network, cut: number): number {
  return tensorsAt(network, cut).reduce((sum, { itemShape }) => sum + 4 * sizeOf(itemShape), 0);
}

/** What a sub-model takes, gives and keeps. */
export function portsOf(network: Network, { from, to }: LayerRange): SubModelPorts {
  const made = network.inputs.length + from;
  const taken = new Set(network.takes.slice(from, to).flat());
  const inputs = [...taken].filter((tensor) => tensor < made).sort((a, b) => a - b);
  const after = numbersAt(network, to);
  return {
    inputs,
    outputs: after.filter((tensor) => tensor >= made),
    keeps: inputs.filter((tensor) => after.includes(tensor)),
  };
}
