import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BenchProcess } from '../process/bench-process.js';
import type { Rows } from '../report/report.js';
import type { NetworkFigures, NetworkHandlers, NetworkSize } from './network-process.js';

/** Which networks, and how they are run. */
export interface NetworkSizes {
  readonly networks: readonly NetworkSize[];
  readonly items: number;
  /** Processor time for each, at least. Milliseconds. */
  readonly measureMs: number;
}

function inProcess<Result>(
  work: (network: BenchProcess<NetworkHandlers>) => Promise<Result>,
): Promise<Result> {
  return BenchProcess.during(join(import.meta.dirname, 'network-process.js'), work);
}

async function measure(size: NetworkSize, sizes: NetworkSizes): Promise<NetworkFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'stagecoach-bench-'));
  const { items, measureMs } = sizes;
  try {
    await inProcess((network) => network.ask('make', { folder, ...size }));
    return await inProcess((network) => network.ask('run', { folder, items, measureMs }));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** What wider and deeper networks cost the engine, in one process. */
export async function measureNetworks(sizes: NetworkSizes): Promise<Rows> {
  const rows = [];
  for (const size of sizes.networks) {
    const figures = await measure(size, sizes);
    rows.push({
      ...{ width: size.width, GRUs: size.depth, layers: figures.layers },
      ...{ 'GFLOP an item': figures.gflop, 'ms an item': figures.itemMs },
      'ms a GFLOP': figures.itemMs / figures.gflop,
      ...{ 'weights MB': figures.weightsMb, 'memory MB': figures.memoryMb },
      'memory / weights': figures.memoryMb / figures.weightsMb,
      ...{ 'load ms': figures.loadMs, 'load ms a MB': figures.loadMs / figures.weightsMb },
    });
  }
  return {
    title: `Width and depth of the network, ${sizes.items} items a run, one core`,
    columns: [
      ...['width', 'GRUs', 'layers', 'GFLOP an item', 'ms an item', 'ms a GFLOP', 'weights MB'],
      ...['memory MB', 'memory / weights', 'load ms', 'load ms a MB'],
    ],
    rows,
  };
}
