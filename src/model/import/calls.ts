import { z } from 'zod';
import type { TensorOfLayer, TfjsTensor } from './layer-entry.js';

/** A call of a layer, or why it is none that can be taken. */
export type Call =
  | { readonly tensors: readonly TensorOfLayer[]; readonly keras3: boolean }
  | { readonly refusal: string };

const index = z.int().nonnegative().max(100_000);
const reference = z.tuple([z.string(), index, index]);
const tensorSchema = z
  .object({
    class_name: z.literal('__keras_tensor__'),
    config: z.object({ keras_history: reference }),
  })
  .transform(({ config }) => config.keras_history);

const keras3Call = z.object({
  args: z.array(z.unknown()),
  kwargs: z.record(z.string(), z.unknown()).default({}),
});

const options = z.record(z.string(), z.unknown());
const keras2Call = z.array(z.tuple([z.string(), index, index]).rest(options.nullable()));

/** Keras lists a mask for each tensor that a model is called with, though there be none. */
function isNothing(value: unknown): boolean {
  return value === null || (Array.isArray(value) && value.every((one) => one === null));
}

/** Options that change nothing, as far as a model that is not trained goes, are none that count. */
function optionThatCounts(given: Readonly<Record<string, unknown>>): string | undefined {
  return Object.entries(given).find(([name, value]) => {
    const isOff = name === 'training' && value === false;
    return !isNothing(value) && !isOff;
  })?.[0];
}

/** The tensors among arguments; `null` for anything else that is given. */
function tensorsIn(argument: unknown): (TensorOfLayer | null)[] {
  if (Array.isArray(argument)) return argument.flatMap(tensorsIn);
  if (argument === null) return [];
  return [tensorSchema.safeParse(argument).data ?? null];
}

function isTensor(value: TensorOfLayer | null): value is TensorOfLayer {
  return value !== null;
}

/** Reads an entry of `inbound_nodes`, in the form of Keras 3 or in the older one of Keras 2. */
export function parseCall(value: unknown): Call {
  const newer = keras3Call.safeParse(value).data;
  const older = keras2Call.safeParse(value).data;
  if (!newer && !older) return { refusal: 'is called in a way that is not known' };
  const given = newer ? [newer.kwargs] : (older ?? []).map((tensor) => tensor[3] ?? {});
  const option = given.map(optionThatCounts).find((name) => name !== undefined);
  if (option !== undefined) return { refusal: `is called with the option ${option}` };
  if (older) return { tensors: older.map(([l, c, o]) => [l, c, o]), keras3: false };
  const tensors = tensorsIn(newer?.args);
  return tensors.every(isTensor)
    ? { tensors, keras3: true }
    : { refusal: 'is called with a constant, or with tensors by name; give it tensors only' };
}

/** Inputs or outputs of a model: one tensor, a list, or tensors by name; those in the order of names. */
const endsSchema = z.union([
  reference.transform((one) => [one]),
  z.array(reference),
  z.record(z.string(), reference).transform((named) =>
    Object.entries(named)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, one]) => one),
  ),
]);

/** The list of a model's inputs or outputs; `null` if it is none. */
export function parseEnds(value: unknown): readonly TensorOfLayer[] | null {
  return endsSchema.safeParse(value).data ?? null;
}

/** A tensor in the form that tfjs-layers reads. */
export function tfjsTensor([layer, call, output]: TensorOfLayer): TfjsTensor {
  return [layer, call, output, {}];
}
