import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { DrivenRuns } from '../../model/training/sequences.js';

const tailBytes = 3 * Int32Array.BYTES_PER_ELEMENT;

/**
 * Reads what {@link writeRuns} has written. File layout: float64 times; int32
 * starts, vehicles, cells, entries, fixes, number of runs, number of cells.
 */
export async function readRuns(path: string): Promise<{ fixes: number; runs: DrivenRuns }> {
  const { buffer } = Uint8Array.from(await readFile(path));
  const tail = new Int32Array(buffer.slice(buffer.byteLength - tailBytes));
  const [fixes = 0, runCount = 0, cellCount = 0] = tail;
  const timesMs = new Float64Array(buffer.slice(0, 8 * cellCount));
  const values = new Int32Array(buffer.slice(timesMs.byteLength, buffer.byteLength - tailBytes));
  const starts = values.slice(0, runCount + 1);
  const vehicles = values.slice(runCount + 1, 2 * runCount + 1);
  const cells = values.slice(2 * runCount + 1, 2 * runCount + 1 + cellCount);
  const entries = values.slice(2 * runCount + 1 + cellCount);
  return { fixes, runs: { timesMs, starts, vehicles, cells, entries } };
}

/** Keeps runs, and how many fixes they come from, in a file: whole or not at all. */
export async function writeRuns(path: string, fixes: number, runs: DrivenRuns): Promise<void> {
  const { timesMs, starts, vehicles, cells, entries } = runs;
  const tail = Int32Array.of(fixes, vehicles.length, cells.length);
  await mkdir(dirname(path), { recursive: true });
  const parts = [timesMs, starts, vehicles, cells, entries, tail].map(
    ({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength),
  );
  await writeFile(`${path}.draft`, Buffer.concat(parts));
  await rename(`${path}.draft`, path);
}
