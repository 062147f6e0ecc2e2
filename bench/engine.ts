/**
 * What the engine does on one core: `node dist/bench/engine.js [model folder]`.
 *
 * The whole network, and its three sub-models, each in a process of its own as a stage worker has
 * it: time from the files to ready, resident memory, items per second of processor time at several
 * batch sizes. Processor time and not the clock, so that neighbours on the machine weigh less.
 * Without a folder, the reference architecture with random weights and 1,455 cells.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileSubModel } from '../src/model/engine/sub-model.js';
import { loadModelFiles, saveModelFiles } from '../src/model/model-files.js';
import { describeLayers } from '../src/model/network.js';
import { referenceFiles } from '../src/model/reference.js';
import { sizeOf } from '../src/model/tensor.js';
import { balanced } from '../src/partition/balanced.js';
import { subModelRanges } from '../src/partition/cuts.js';
import type { LayerRange } from '../src/partition/cuts.js';
import type { SubModel } from '../src/model/engine/sub-model.js';
import type { HostTensor } from '../src/model/tensor.js';

const batchSizes = [1, 8, 64, 128];
const secondsPerSize = 1.5;

function zeros(model: SubModel, items: number): HostTensor[] {
  return model.inputs.map(({ name, dtype, itemShape }) => {
    const shape = [items, ...itemShape];
    const length = sizeOf(shape);
    const data = dtype === 'int32' ? new Int32Array(length) : new Float32Array(length).fill(0.1);
    return { name, dtype, shape, data };
  });
}

/** Items per second of processor time. */
function rate(model: SubModel, items: number): number {
  const inputs = zeros(model, items);
  const processorS = (): number => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  };
  for (let warm = 0; warm < 5; warm += 1) model.run(inputs);
  const start = processorS();
  let done = 0;
  while (processorS() - start < secondsPerSize) {
    model.run(inputs);
    done += items;
  }
  return done / (processorS() - start);
}

async function measure(folder: string, { from, to }: LayerRange): Promise<void> {
  const files = await loadModelFiles(folder);
  const startMs = performance.now();
  const topK = to === describeLayers(files).length ? 5 : undefined;
  const model = await compileSubModel(files, { from, to, topK });
  const row: Record<string, string | number> = {
    layers: `${from}–${to - 1}`,
    'load ms': Math.round(performance.now() - startMs),
  };
  for (const items of batchSizes) {
    row[`items/s B=${items}`] = Math.round(rate(model, items));
    if (items === 8) row['MB'] = Math.round(process.memoryUsage.rss() / 1e6);
  }
  process.send?.(row);
}

async function main(given: string | undefined): Promise<void> {
  const folder = given ?? (await mkdtemp(join(tmpdir(), 'stagecoach-bench-')));
  if (given === undefined) await saveModelFiles(await referenceFiles({ cellCount: 1455 }), folder);
  const layers = describeLayers(await loadModelFiles(folder));
  const ranges = [
    ...subModelRanges([], layers.length),
    ...subModelRanges(balanced.cut(layers, 3), layers.length),
  ];
  const rows: unknown[] = [];
  for (const { from, to } of ranges) {
    const child = fork(import.meta.filename, [folder, String(from), String(to)]);
    const [row] = (await once(child, 'message')) as unknown[];
    rows.push(row);
    await once(child, 'exit');
  }
  console.table(rows);
  if (given === undefined) await rm(folder, { recursive: true });
}

const [folder, from, to] = process.argv.slice(2);
if (folder !== undefined && from !== undefined) {
  await measure(folder, { from: Number(from), to: Number(to) });
} else {
  await main(folder);
}
