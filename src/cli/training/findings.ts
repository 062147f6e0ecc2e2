import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { PipelineError } from '../../errors.js';
import { parseProblem } from '../../parse-problem.js';
import { percent, thousands } from '../../model/evaluation/page/markdown.js';
import { ceilingSchema } from '../../model/training/card.js';
import { readTried, type Tried } from './tried.js';
import type { Ceiling, Trial } from '../../model/training/card.js';

/** What is known of a model that no test of it tells. */
export interface Findings {
  readonly tried: readonly Trial[];
  /** Null where none was measured. */
  readonly ceiling: Ceiling | null;
}

function trialOf(row: Tried | Trial): Trial {
  if ('result' in row) return row;
  const { what, validationTop1, validationTop3, validationTop5, items, steps, seconds } = row;
  const [top1 = '', top3 = '', top5 = ''] = [validationTop1, validationTop3, validationTop5].map(
    percent,
  );
  return {
    what,
    result: `validation top-1 ${top1}, top-3 ${top3}, top-5 ${top5} of ${thousands(items)} items, after ${thousands(steps)} steps in ${thousands(seconds)} s`,
  };
}

async function readIfThere<T>(path: string, schema: z.ZodType<T>, absent: T): Promise<T> {
  if (!existsSync(path)) return absent;
  const text = await readFile(path, 'utf8');
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    const what = parseProblem(cause);
    throw new PipelineError(
      `${path} can't be read: ${what}. docs/evaluation.md shows what belongs into it; a model's card does without it.`,
      { code: 'INVALID_FINDINGS', disposition: 'fatal', cause },
    );
  }
}

/**
 * Reads `tried.json` and `ceiling.json` of a model's folder, where they are.
 * @throws {PipelineError} INVALID_FINDINGS, {ConfigError}
 */
export async function readFindings(folder: string): Promise<Findings> {
  return {
    tried: (await readTried(folder)).map(trialOf),
    ceiling: await readIfThere(join(folder, 'ceiling.json'), ceilingSchema.nullable(), null),
  };
}
