import { z } from 'zod';
import { messageOf } from '../../errors.js';
import { ModelError } from '../errors.js';

/** Deeper than any model's configuration, and shallow enough for functions that call themselves. */
const greatestDepth = 100;

/** How Keras 2 marks what JSON has no word for. */
const marked = z.object({
  class_name: z.enum(['__tuple__', 'TensorShape']),
  items: z.array(z.unknown()),
});

function plain(value: unknown, depth: number, what: string): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > greatestDepth) {
    throw new ModelError(
      'MODEL_FILE_INVALID',
      `${what} is nested more than ${greatestDepth} levels deep; no model's configuration is.`,
    );
  }
  const within = (entry: unknown): unknown => plain(entry, depth + 1, what);
  if (Array.isArray(value)) return value.map(within);
  const { data: tuple } = marked.safeParse(value);
  if (tuple) return tuple.items.map(within);
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, within(entry)]));
}

/**
 * Parses the JSON of a model's file: of bounded depth, and tuples as arrays.
 * @param what names the file in messages
 * @throws {ModelError} MODEL_FILE_INVALID
 */
export function parsePlainJson(text: string, what: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ModelError('MODEL_FILE_INVALID', `${what} is no JSON: ${messageOf(cause)}`, cause);
  }
  return plain(value, 0, what);
}
