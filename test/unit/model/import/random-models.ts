import assert from 'node:assert/strict';

/** A layer, the how-manieth call of it, which of its outputs. */
export type Tensor = readonly [string, number, number];

/** A layer or a model within a model, before it is written as Keras 3 writes it. */
export interface Node {
  readonly name: string;
  readonly takes: readonly Tensor[];
  /** Of a model. */
  readonly model?: Graph;
}

/** A model. */
export interface Graph {
  readonly inputs: readonly string[];
  readonly nodes: readonly Node[];
  readonly outputs: readonly Tensor[];
  readonly isSequence: boolean;
}

/** Numbers from 0 to 1. */
export type Random = () => number;

/** A whole number. */
export const below = (random: Random, count: number): number => Math.floor(random() * count);

/** One of them. */
export function pick<Item>(random: Random, items: readonly Item[]): Item {
  const item = items[below(random, items.length)];
  assert.ok(item !== undefined);
  return item;
}

/** Layers take what there is already, models too; what a model takes may be what it gives. */
export function randomGraph(random: Random, depth: number, inputCount: number): Graph {
  const inputs = Array.from({ length: inputCount }, (_, at) => `in${at}`);
  const there: Tensor[] = inputs.map((name) => [name, 0, 0]);
  const nodes = Array.from({ length: 1 + below(random, 4) }, (_, at): Node => {
    const takes = Array.from({ length: 1 + below(random, 2) }, () => pick(random, there));
    const name = `n${at}`;
    const isModel = depth > 0 && random() < 0.5;
    if (!isModel) {
      there.push([name, 0, 0]);
      return { name, takes };
    }
    const model =
      takes.length === 1 && random() < 0.5
        ? randomSequence(random, depth - 1)
        : randomGraph(random, depth - 1, takes.length);
    model.outputs.forEach((_tensor, output) => there.push([name, 0, output]));
    return { name, takes, model };
  });
  const outputs = Array.from({ length: 1 + below(random, 2) }, () => pick(random, there));
  return { inputs, nodes, outputs, isSequence: false };
}

function randomSequence(random: Random, depth: number): Graph {
  const nodes = Array.from({ length: 1 + below(random, 3) }, (_, at): Node => {
    const takes: Tensor[] = [[at === 0 ? 'in0' : `n${at - 1}`, 0, 0]];
    const isModel = depth > 0 && random() < 0.4;
    return { name: `n${at}`, takes, ...(isModel ? { model: randomSequence(random, 0) } : {}) };
  });
  return { inputs: ['in0'], nodes, outputs: [[`n${nodes.length - 1}`, 0, 0]], isSequence: true };
}

/** A tensor as a call lists it. */
export const kerasTensor = (keras_history: Tensor) => ({
  class_name: '__keras_tensor__',
  config: { shape: [null, 2], keras_history },
});

/** What a graph takes: two numbers. */
export const inputLayer = (name: string) => ({
  ...{ class_name: 'InputLayer', name, config: { name, batch_shape: [null, 2], dtype: 'float32' } },
  inbound_nodes: [],
});

/** A model as Keras 3 writes it: in its lists of outputs, functional models have been called once before. */
export function asKeras3(name: string, { inputs, nodes, outputs, isSequence }: Graph): object {
  const layers = nodes.map((node) => ({
    ...(node.model ? asKeras3(node.name, node.model) : plainLayer(node.name)),
    ...(isSequence ? {} : { inbound_nodes: [{ args: [node.takes.map(kerasTensor)], kwargs: {} }] }),
  }));
  const config = { name, layers: isSequence ? layers : [...inputs.map(inputLayer), ...layers] };
  if (isSequence) return { class_name: 'Sequential', name, config };
  const functional = new Set(
    nodes.filter(({ model }) => model?.isSequence === false).map((node) => node.name),
  );
  const output_layers = outputs.map(([layer, call, output]) => [
    ...[layer, call + Number(functional.has(layer)), output],
  ]);
  const input_layers = inputs.map((input) => [input, 0, 0]);
  return { class_name: 'Functional', name, config: { ...config, input_layers, output_layers } };
}

/** A layer that takes any number of tensors. */
export const plainLayer = (name: string) => ({
  ...{ class_name: 'Add', module: 'keras.layers', name, config: { name, trainable: true } },
});
