import { z } from 'zod';
import { messageOf } from './errors.js';

/** What is wrong with text that was parsed and held against a schema, for a person. */
export function parseProblem(thrown: unknown): string {
  return thrown instanceof z.ZodError ? z.prettifyError(thrown) : messageOf(thrown);
}
