import type { FlatModel } from './flatten-model.js';
import type { PlannedLayer } from './planned-layers.js';

/** The names of layers that a model's outputs depend on, and of its inputs. */
function neededNames({ layers, ends }: FlatModel): ReadonlySet<string> {
  const takes = new Map(
    layers.map(({ name, tfjs }) => [name, (tfjs.inbound_nodes ?? []).flat().map(([from]) => from)]),
  );
  const needed = new Set(ends?.inputs.map(([name]) => name));
  const open = ends?.outputs.map(([name]) => name) ?? [];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (needed.has(name)) continue;
    needed.add(name);
    open.push(...(takes.get(name) ?? []));
  }
  return needed;
}

/**
 * A model, and its layers as planned, without what only outputs depend on that models within it gave
 * and it does not take: they had to be there to find the weights of the others.
 */
export function neededOf(
  model: FlatModel,
  planned: readonly PlannedLayer[],
): { readonly model: FlatModel; readonly planned: readonly PlannedLayer[] } {
  const { ends, entrances, tfjs } = model;
  if (ends === null || entrances.length === 0) return { model, planned };
  const names = neededNames(model);
  const layers = model.layers.filter(({ name }) => names.has(name));
  const config = {
    ...tfjs.config,
    layers: layers.map((layer) => layer.tfjs),
    output_layers: ends.outputs,
  };
  return {
    model: { ...model, layers, tfjs: { ...tfjs, config } },
    planned: planned.filter(({ converted }) => names.has(converted.name)),
  };
}
