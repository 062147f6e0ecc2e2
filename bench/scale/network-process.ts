/** A network of any size in a process of its own: made by one, loaded and run by another. */
import { compileSubModel } from '../../src/model/engine/sub-model.js';
import { loadModelFiles, saveModelFiles } from '../../src/model/model-files.js';
import { describeLayers } from '../../src/model/network.js';
import { referenceFiles } from '../../src/model/reference.js';
import { realWindows } from '../city/real-windows.js';
import { cpuMs, serve } from '../process/serve.js';

/** The sizes of a network of the reference architecture. */
export interface NetworkSize {
  readonly width: number;
  /** GRU layers. */
  readonly depth: number;
}

/** How it is run. */
export interface RunJob {
  readonly folder: string;
  readonly items: number;
  /** Processor time, at least. Milliseconds. */
  readonly measureMs: number;
}

/** What it costs. */
export interface NetworkFigures {
  readonly layers: number;
  /** Of one item. */
  readonly gflop: number;
  readonly weightsMb: number;
  /** From the files in memory until it can be run. */
  readonly loadMs: number;
  /** What the process has more in memory when it is loaded and has run. */
  readonly memoryMb: number;
  /** Processor time of an item. */
  readonly itemMs: number;
}

/** What it can be asked for. */
const handlers = {
  async make({ folder, width, depth }: NetworkSize & { folder: string }): Promise<void> {
    await saveModelFiles(await referenceFiles({ cellCount: 1455, units: width, depth }), folder);
  },
  async run({ folder, items, measureMs }: RunJob): Promise<NetworkFigures> {
    const { cells, steps } = realWindows(items, 'scale');
    const before = process.memoryUsage.rss();
    const files = await loadModelFiles(folder);
    const layers = describeLayers(files);
    const startMs = performance.now();
    const model = await compileSubModel(files, { from: 0, to: layers.length, topK: 5 });
    const loadMs = performance.now() - startMs;
    const name = model.inputs[0]?.name ?? '';
    const input = { name, dtype: 'int32', shape: [items, steps], data: cells } as const;
    model.run([input]);
    const cpuStartMs = cpuMs();
    let runs = 0;
    while (runs === 0 || cpuMs() - cpuStartMs < measureMs) {
      model.run([input]);
      runs += 1;
    }
    return {
      layers: layers.length,
      gflop: layers.reduce((sum, { flops }) => sum + flops, 0) / 1e9,
      weightsMb: layers.reduce((sum, { weightsBytes }) => sum + weightsBytes, 0) / 1e6,
      loadMs,
      memoryMb: (process.memoryUsage.rss() - before) / 1e6,
      itemMs: (cpuMs() - cpuStartMs) / runs / items,
    };
  },
};

export type NetworkHandlers = typeof handlers;

serve(handlers);
