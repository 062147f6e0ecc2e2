import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigError } from '../../errors.js';
import { parseProblem } from '../../parse-problem.js';
import { trialSchema, type Trial } from '../../model/training/card.js';

/** A row of `tried.json` that `train --try` has written. */
export const triedSchema = z.object({
  /** What was tried, in words. */
  what: z.string(),
  /** Of the best weights, on `items` predictions of the validation vehicles: shares, 0 … 1. */
  validationTop1: z.number(),
  validationTop3: z.number(),
  validationTop5: z.number(),
  items: z.int(),
  steps: z.int(),
  /** Time that the steps took on one core, validation included. */
  seconds: z.number(),
  end: z.string(),
  command: z.string(),
});

/** One experiment of a model's making. */
export type Tried = z.infer<typeof triedSchema>;

/**
 * What was tried for the model of a folder, oldest first; nothing where there is no such file. Rows
 * with words for a result were written by hand.
 */
export async function readTried(folder: string): Promise<(Tried | Trial)[]> {
  const path = join(folder, 'tried.json');
  if (!existsSync(path)) return [];
  try {
    return z
      .array(z.union([triedSchema, trialSchema]))
      .parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    throw new ConfigError(
      `${path} can't be read: ${parseProblem(cause)}. It is a list of what was tried, which stagecoach train --try writes: mend it or move it away.`,
      cause,
    );
  }
}

/** Adds an experiment to a model's `tried.json`, in place of an earlier one by the same command. */
export async function addTried(folder: string, row: Tried): Promise<void> {
  const others = (await readTried(folder)).filter(
    (other) => !('command' in other) || other.command !== row.command,
  );
  const path = join(folder, 'tried.json');
  await mkdir(folder, { recursive: true });
  await writeFile(`${path}.draft`, `${JSON.stringify([...others, row], null, 2)}\n`);
  await rename(`${path}.draft`, path);
}
