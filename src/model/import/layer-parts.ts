import { z } from 'zod';
import { layerEntrySchema } from './layer-entry.js';
import type { Dialect, LayerEntry } from './layer-entry.js';

/** Activations of Keras, and what tfjs-layers calls them. */
const activations = new Map(
  [
    ...['linear', 'relu', 'relu6', 'elu', 'selu', 'sigmoid', 'tanh', 'softmax', 'softplus'],
    ...['softsign', 'log_softmax', 'swish', 'mish', 'gelu'],
  ].map((name): [string, string] => [name, name]),
).set('silu', 'swish');

/** Keras 3 writes functions as strings, or so. */
const functionSchema = z.union([
  z.string(),
  z
    .object({ class_name: z.literal('function'), config: z.string() })
    .transform(({ config }) => config),
]);

/** tfjs-layers' name of an activation; `null` if it has none that computes the same. */
export function activationName(value: unknown, { kerasMajor }: Dialect): string | null {
  const name = functionSchema.safeParse(value).data;
  if (name === undefined) return null;
  // 0.2 · x + 0.5 in Keras 2 and in tfjs-layers, x / 6 + 0.5 in Keras 3.
  if (name === 'hard_sigmoid' && kerasMajor < 3) return name;
  return activations.get(name) ?? null;
}

const policySchema = z
  .object({ config: z.object({ name: z.string() }) })
  .transform(({ config }) => config.name);

/** The name of a type or of a policy of types; `null` where there is none. */
export function dtypeName(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return policySchema.safeParse(value).data ?? null;
}

/** The layer inside of another; `null` if it is none. */
export function innerLayer(value: unknown): LayerEntry | null {
  return layerEntrySchema.safeParse(value).data ?? null;
}
