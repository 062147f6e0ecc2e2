import { ModelError } from '../errors.js';
import type { TensorOfLayer } from './layer-entry.js';

/** A layer of a functional model and what each call of it takes. */
export interface GraphLayer {
  readonly name: string;
  /** The number that its first call has: 1 for models, which have been called once before. */
  readonly firstCall: number;
  readonly calls: readonly (readonly TensorOfLayer[])[];
}

function keyOf(layer: string, call: number): string {
  return `${call} ${layer}`;
}

/** Calls by key, with the keys of those that they wait for. */
function callsOf(layers: readonly GraphLayer[]): Map<string, string[]> {
  const calls = new Map<string, string[]>();
  for (const { name, firstCall, calls: own } of layers) {
    // An input is there without a call.
    const all = own.length === 0 ? [[]] : own;
    all.forEach((tensors, index) => {
      const waitsFor = tensors.map(([layer, call]) => keyOf(layer, call));
      calls.set(keyOf(name, index + firstCall), waitsFor);
    });
  }
  return calls;
}

function invalid(message: string): ModelError {
  return new ModelError('MODEL_FILE_INVALID', message);
}

/**
 * Checks that the layers of a model have names of their own.
 * @throws {ModelError} MODEL_FILE_INVALID
 */
export function checkNames(layers: readonly { readonly name: string }[]): void {
  const seen = new Set<string>();
  for (const { name } of layers) {
    if (seen.has(name)) throw invalid(`There are two layers of the name ${name}.`);
    seen.add(name);
  }
}

/** Takes away calls that wait for nothing more, as long as there are any (Kahn's algorithm). */
function callsInCircles(calls: ReadonlyMap<string, readonly string[]>): string[] {
  const waiting = new Map([...calls].map(([key, waitsFor]) => [key, waitsFor.length]));
  const after = new Map([...calls.keys()].map((key): [string, string[]] => [key, []]));
  for (const [key, waitsFor] of calls) {
    for (const before of waitsFor) after.get(before)?.push(key);
  }
  const ready = [...waiting].filter(([, count]) => count === 0).map(([key]) => key);
  for (let key = ready.pop(); key !== undefined; key = ready.pop()) {
    waiting.delete(key);
    for (const next of after.get(key) ?? []) {
      const left = (waiting.get(next) ?? 0) - 1;
      waiting.set(next, left);
      if (left === 0) ready.push(next);
    }
  }
  return [...waiting.keys()];
}

/**
 * Checks that every tensor which is taken is made, and that none depends on itself: tfjs-layers would
 * look for it for ever.
 * @param ends inputs and outputs of the model
 * @throws {ModelError} MODEL_FILE_INVALID
 */
export function checkGraph(layers: readonly GraphLayer[], ends: readonly TensorOfLayer[]): void {
  checkNames(layers);
  const calls = callsOf(layers);
  const check = (taker: string, [layer, call]: TensorOfLayer): void => {
    if (calls.has(keyOf(layer, call))) return;
    throw invalid(
      `${taker} takes what call ${call} of layer ${layer} gives, and there is no such call.`,
    );
  };
  for (const layer of layers) {
    for (const tensor of layer.calls.flat()) check(`Layer ${layer.name}`, tensor);
  }
  for (const end of ends) check('The model', end);
  const [circle] = callsInCircles(calls);
  if (circle === undefined) return;
  const name = circle.slice(circle.indexOf(' ') + 1);
  throw invalid(`What layer ${name} takes depends on what it gives: the model goes in a circle.`);
}
