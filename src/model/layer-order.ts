import { ModelError } from './errors.js';
import { modelJsonPath } from './model-files.js';
import type { LayerEntry, Topology } from './topology.js';

function invalid(message: string): ModelError {
  return new ModelError('MODEL_FILE_INVALID', `${modelJsonPath}: ${message}`);
}

/** The names that the outputs depend on, themselves included. */
function neededNames({ layers, outputs }: Topology): Set<string> {
  const takesOf = new Map(layers.map(({ name, takes }) => [name, takes]));
  const needed = new Set<string>();
  const open = [...outputs];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (needed.has(name)) continue;
    needed.add(name);
    open.push(...(takesOf.get(name) ?? []));
  }
  return needed;
}

function refuseIdleInputs({ inputs, layers, outputs }: Topology, needed: Set<string>): void {
  const taken = new Set(
    layers.filter(({ name }) => needed.has(name)).flatMap(({ takes }) => takes),
  );
  for (const { name } of inputs) {
    const problem = outputs.includes(name) ? 'given out again as it is' : 'taken by no layer';
    if (taken.has(name) && !outputs.includes(name)) continue;
    throw new ModelError(
      'MODEL_UNSUPPORTED',
      `The input ${name} is ${problem}. Leave it out of the model.`,
    );
  }
}

/**
 * The layers in an order in which each comes after those whose output it takes: that of the file,
 * except where one stands too early there; it comes as soon as it can. Layers that no output
 * depends on are left out, as tfjs-layers does.
 *
 * @throws {ModelError} MODEL_FILE_INVALID for a layer that takes what isn't there, or itself;
 * MODEL_UNSUPPORTED for an input that no layer takes, or that is an output too
 */
export function inOrder(topology: Topology): LayerEntry[] {
  if (topology.isSequence) return [...topology.layers];
  const { inputs, layers, outputs } = topology;
  const made = new Set(inputs.map(({ name }) => name));
  const known = new Set([...made, ...layers.map(({ name }) => name)]);
  const check = (who: string, names: readonly string[]): void => {
    const unknown = names.find((name) => !known.has(name));
    if (unknown !== undefined) throw invalid(`${who} ${unknown}, which is no layer and no input.`);
  };
  check('The network gives', outputs);
  for (const { name, takes } of layers) check(`Layer ${name} takes`, takes);
  const needed = neededNames(topology);
  refuseIdleInputs(topology, needed);
  const waiting = layers.filter(({ name }) => needed.has(name));
  const order: LayerEntry[] = [];
  while (waiting.length > 0) {
    const at = waiting.findIndex(({ takes }) => takes.every((name) => made.has(name)));
    const [next] = at < 0 ? [] : waiting.splice(at, 1);
    if (next === undefined) {
      const names = waiting.map(({ name }) => name).join(', ');
      throw invalid(`layers that take each other's output, or what follows from it: ${names}.`);
    }
    order.push(next);
    made.add(next.name);
  }
  return order;
}
