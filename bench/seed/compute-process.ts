/**
 * A node that only computes: the process behind {@link ComputeNode}. Its arguments are the model's
 * folder and the layers of its sub-model; told how long, it runs batches of windows from memory.
 */
import { compileSubModel, type SubModel } from '../../src/model/engine/sub-model.js';
import { loadModelFiles } from '../../src/model/model-files.js';
import { describeLayers } from '../../src/model/network.js';
import { sizeOf, type HostTensor } from '../../src/model/tensor.js';
import { maxItemsPerRun } from '../../src/stage/stage-lane.js';
import { topK } from './job.js';

/** Different ones, so that memory is read as it is for real windows. */
const batchCount = 8;

function batchesFor({ inputs }: SubModel, idCount: number): HostTensor[][] {
  return Array.from({ length: batchCount }, (_, batch) =>
    inputs.map(({ name, dtype, itemShape }): HostTensor => {
      const shape = [maxItemsPerRun, ...itemShape];
      const length = sizeOf(shape);
      const data = dtype === 'int32' ? new Int32Array(length) : new Float32Array(length);
      for (let at = 0; at < length; at += 1) {
        const varied = (at * 7919 + batch * 104_729) % idCount;
        data[at] = dtype === 'int32' ? varied : varied / idCount - 0.5;
      }
      return { name, dtype, shape, data };
    }),
  );
}

function run(model: SubModel, batches: readonly HostTensor[][], forMs: number): void {
  const startMs = performance.now();
  const before = process.cpuUsage();
  let items = 0;
  while (performance.now() - startMs < forMs) {
    for (const batch of batches) {
      model.run(batch);
      items += maxItemsPerRun;
    }
  }
  const { user, system } = process.cpuUsage(before);
  process.send?.({ items, ms: performance.now() - startMs, cpuMs: (user + system) / 1000 });
}

const [folder = '', from, to] = process.argv.slice(2);
const range = { from: Number(from), to: Number(to) };
const files = await loadModelFiles(folder);
const layers = describeLayers(files);
const isLast = range.to === layers.length;
const model = await compileSubModel(files, { ...range, topK: isLast ? topK : undefined });
const batches = batchesFor(model, sizeOf(layers.at(-1)?.outputShape ?? [1]));
process.on('message', (forMs: unknown) => run(model, batches, Number(forMs)));
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
