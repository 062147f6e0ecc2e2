import { fork } from 'node:child_process';
import { once } from 'node:events';
import { z } from 'zod';
import { describeLayers } from '../../src/model/network.js';
import type { ModelFiles } from '../../src/model/model-files.js';
import { balanced } from '../../src/partition/balanced.js';
import { subModelRanges, type LayerRange } from '../../src/partition/cuts.js';
import type { Rows } from '../report/report.js';
import { median } from '../../src/partition/measured.js';

const startSchema = z.object({
  filesToReadyMs: z.number().positive(),
  rssBytes: z.number().positive(),
  rssAfterBatchBytes: z.number().positive(),
});

interface Start extends z.infer<typeof startSchema> {
  readonly processToReadyMs: number;
}

/** Starts a process with one sub-model, and waits until it is ready. */
async function startOnce(folder: string, { from, to }: LayerRange): Promise<Start> {
  const startMs = performance.now();
  const child = fork(new URL('./stage-process.js', import.meta.url), [
    folder,
    String(from),
    String(to),
  ]);
  const exit = once(child, 'exit');
  const next = async (): Promise<unknown> => {
    const message = once(child, 'message') as Promise<unknown[]>;
    const first = await Promise.race([message, exit.then(() => null)]);
    if (first === null) throw new Error(`A process with layers ${from} to ${to - 1} has failed.`);
    return first[0];
  };
  await next();
  const processToReadyMs = performance.now() - startMs;
  child.send('go on');
  const start = startSchema.parse(await next());
  await exit;
  return { ...start, processToReadyMs };
}

/**
 * How long sub-models take to be ready, and what memory their processes take, for one, two and three
 * stages; each in a process of its own, one after the other.
 */
export async function startUpTable(
  folder: string,
  files: ModelFiles,
  repeats: number,
): Promise<Rows> {
  const layers = describeLayers(files);
  const rows: Record<string, string | number>[] = [];
  for (const stages of [1, 2, 3]) {
    const cuts = stages === 1 ? [] : balanced.cut(layers, stages);
    for (const [index, range] of subModelRanges(cuts, layers.length).entries()) {
      const starts: Start[] = [];
      for (let repeat = 0; repeat < repeats; repeat += 1) {
        starts.push(await startOnce(folder, range));
      }
      const middle = (figure: keyof Start): number => median(starts.map((start) => start[figure]));
      rows.push({
        stages,
        stage: index + 1,
        layers: `${range.from}–${range.to - 1}`,
        'files to ready, ms': middle('filesToReadyMs'),
        'process start to ready, ms': middle('processToReadyMs'),
        'memory when ready, MB': middle('rssBytes') / 1e6,
        'after a batch of 128, MB': middle('rssAfterBatchBytes') / 1e6,
      });
    }
  }
  return {
    title: 'Start of a stage: its sub-model alone, by the clock',
    columns: Object.keys(rows[0] ?? {}),
    rows,
  };
}
