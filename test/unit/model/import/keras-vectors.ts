import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { projectDir } from '../../../../src/project-dir.js';

/** Models that Keras saved, and what it computes with them: test/vectors/make_keras_models.py. */
export const vectorDir = join(projectDir(), 'test/vectors/keras');

const tensorSchema = z.object({ shape: z.array(z.int()), values: z.array(z.number()) });

const vectorSchema = z.object({
  inputs: z.array(tensorSchema),
  outputs: z.array(tensorSchema),
});

/** A tensor as Keras took it in or gave it out. */
export type VectorTensor = z.infer<typeof tensorSchema>;

/** Inputs and outputs of a model. */
export function kerasVectors(name: string): z.infer<typeof vectorSchema> {
  const text = readFileSync(join(vectorDir, `${name}.json`), 'utf8');
  return vectorSchema.parse(JSON.parse(text));
}

/** The largest difference between two lists of numbers; NaN counts as infinitely far. */
export function largestDifference(found: ArrayLike<number>, expected: readonly number[]): number {
  if (found.length !== expected.length) return Infinity;
  return expected.reduce((largest, value, index) => {
    const difference = Math.abs((found[index] ?? NaN) - value);
    return Number.isNaN(difference) ? Infinity : Math.max(largest, difference);
  }, 0);
}
