import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const count = z.int().nonnegative();
const share = z.number().min(0).max(1);

/** What a user may rely on in the file of `up --json`; there may be more in it. */
const summary = z.object({
  predictions: count,
  ratePerS: z.number().positive(),
  latencyP50Ms: z.number().nonnegative(),
  latencyP99Ms: z.number().nonnegative(),
  scored: count,
  top1Hits: count,
  top1: share.nullable(),
  top3: share.nullable(),
  top5: share.nullable(),
  medianErrorM: z.number().nonnegative().nullable(),
  calibrationError: share.nullable(),
  missing: count,
  repeated: count,
  outOfOrder: count,
  deadLetters: count,
  identicalToUncut: z.boolean(),
  restarts: count,
  plan: z.string(),
  cuts: z.array(count),
  processes: z.array(z.object({ role: z.string(), stage: count })),
  stages: z.array(
    z.object({
      role: z.enum(['feed', 'windower', 'stage', 'sink']),
      stage: count,
      items: count,
      deadLetters: count,
      batchItems: z.number().nullable(),
      inferenceMs: z.number().nullable(),
      decodeMs: z.number().nullable(),
      encodeMs: z.number().nullable(),
      payloadBytes: z.number().nullable(),
    }),
  ),
});

export type SummaryFile = z.infer<typeof summary>;

export async function readSummary(path: string): Promise<SummaryFile> {
  return summary.parse(JSON.parse(await readFile(path, 'utf8')));
}

/** Asserts that a run has lost, repeated and reordered nothing, and is as the uncut model. */
export function assertSoundSummary(found: SummaryFile): void {
  const { missing, repeated, outOfOrder, identicalToUncut } = found;
  assert.deepEqual(
    { missing, repeated, outOfOrder, identicalToUncut },
    { missing: 0, repeated: 0, outOfOrder: 0, identicalToUncut: true },
  );
}
