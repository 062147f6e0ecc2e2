import { z } from 'zod';
import { HitCounter, placeIn, rankingDepth, sampleItems, windowBatches } from '../training/hits.js';
import { truthsOf } from './judged.js';
import type { TestItems } from '../training/hits.js';
import type { WindowScorer } from './judged.js';

const cells = z.array(z.int().nonnegative()).readonly();

/** Items of a test set, in a form that can be kept beside the model. */
export const testSampleSchema = z
  .object({
    /** Cells in a window. */
    steps: z.int().positive(),
    /** For each item the cells of its window, without the padding on the left, then the truth. */
    items: z.array(cells).readonly(),
  })
  .readonly();
export type TestSample = z.infer<typeof testSampleSchema>;

/** How many truths of a sample are among a model's best 1, 3 and 5 cells. */
export const sampleHitsSchema = z
  .object({
    items: z.int().nonnegative(),
    top1Hits: z.int().nonnegative(),
    top3Hits: z.int().nonnegative(),
    top5Hits: z.int().nonnegative(),
  })
  .readonly();
export type SampleHits = z.infer<typeof sampleHitsSchema>;

/** Draws a sample from a test set. */
export function drawSample(
  items: TestItems,
  steps: number,
  size: number,
  seed: number,
): TestSample {
  const drawn = sampleItems(items, size, seed);
  const truths = truthsOf(drawn);
  const rows = Array.from(windowBatches(drawn, steps, 1), ({ windows, from }) => {
    const held = Array.from(windows);
    while (held[0] === 0 && held.length > 1) held.shift();
    return [...held, truths[from] ?? 0];
  });
  return { steps, items: rows };
}

/** Asks a network for a sample again. */
export function judgeSample({ steps, items }: TestSample, score: WindowScorer): SampleHits {
  const windows = new Int32Array(items.length * steps);
  items.forEach((row, item) => {
    const window = row.slice(0, -1);
    windows.set(window, (item + 1) * steps - window.length);
  });
  const ranked = score(windows);
  const counter = new HitCounter();
  items.forEach((row, item) => {
    counter.add(placeIn(ranked.cells, item * rankingDepth, row.at(-1) ?? -1));
  });
  const [top1Hits = 0, top3Hits = 0, top5Hits = 0] = [1, 3, 5].map((depth) => counter.hits(depth));
  return { items: items.length, top1Hits, top3Hits, top5Hits };
}

/** A sample as JSON, one item a line. */
export function sampleJson({ steps, items }: TestSample): string {
  const rows = items.map((row) => `    ${JSON.stringify(row)}`);
  return `{\n  "steps": ${steps},\n  "items": [\n${rows.join(',\n')}\n  ]\n}\n`;
}
