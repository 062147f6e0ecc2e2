import { createLogger } from '../src/log.js';
import { loadModelFiles, type ModelFiles } from '../src/model/model-files.js';
import { describeLayers } from '../src/model/network.js';
import { balanced } from '../src/partition/balanced.js';
import { subModelRanges, type LayerRange } from '../src/partition/cuts.js';
import type { LayerCost } from '../src/partition/layers.js';
import type { Report } from './report/report.js';
import { runningBrokers } from './broker/running-brokers.js';
import { ComputeNode, type Computed } from './seed/compute-node.js';
import { cpuQuota, type CpuQuota } from './nodes/cpu-quota.js';
import { runDistributed, type Cluster } from './nodes/distributed.js';
import { modelFolder } from './seed/job.js';
import { wrongTotals } from './seed/published.js';
import {
  nodeTable,
  plots,
  processorTable,
  publishedTable,
  speedUpTable,
  type Measured,
} from './seed/tables.js';

/** How much is measured. */
interface Extent {
  readonly nodeCounts: readonly number[];
  /** Of each node that only computes. Milliseconds. */
  readonly computeMs: number;
  /** Of each pipeline, at the bound's rate. Seconds. */
  readonly runS: number;
  readonly warmUpItems: number;
}

/** Of a core: six nodes leave the dispatcher and the broker 0.8 of two. */
const quotaShare = 0.2;
const lanes = 6;
const whole: Extent = {
  nodeCounts: [2, 3, 4, 5, 6],
  computeMs: 6_000,
  runS: 12,
  warmUpItems: 20_000,
};
const quick: Extent = { nodeCounts: [2, 3], computeMs: 1_500, runS: 4, warmUpItems: 500 };

/**
 * The seed's experiment: the whole network in one node, and cut over 2 … 6 nodes, every node under
 * the same quota of processor time.
 *
 * @param isQuick with 2 and 3 nodes only, for seconds
 */
export async function seed(isQuick: boolean): Promise<Report> {
  const { nodeCounts, computeMs, runS, warmUpItems } = isQuick ? quick : whole;
  const cluster = {
    brokers: await runningBrokers(),
    lanes,
    log: createLogger('bench-seed', 'error'),
  };
  const model = await loadModelFiles(modelFolder);
  const layers = describeLayers(model);
  const quota = cpuQuota(quotaShare);
  const measured: Measured[] = [];
  try {
    for (const nodes of nodeCounts) {
      process.stderr.write(`${nodes} nodes\n`);
      const cuts = balanced.cut(layers, nodes);
      measured.push(
        await measure({ cluster, model, layers, cuts, quota, computeMs, runS, warmUpItems }),
      );
    }
  } finally {
    await quota.close();
  }
  return {
    name: 'seed',
    title: `The seed’s experiment: each node under ${quotaShare} of a core`,
    isQuick,
    tables: [
      speedUpTable(measured),
      ...measured.map(nodeTable),
      processorTable(measured, quotaShare),
      publishedTable(),
    ],
    plots: plots(measured),
    notes: [...ourNotes(quota), ...seedNotes()],
  };
}

interface MeasureOptions {
  readonly cluster: Cluster;
  readonly model: ModelFiles;
  readonly layers: readonly LayerCost[];
  readonly cuts: readonly number[];
  readonly quota: CpuQuota;
  readonly computeMs: number;
  readonly runS: number;
  readonly warmUpItems: number;
}

async function measure(options: MeasureOptions): Promise<Measured> {
  const { cluster, model, layers, cuts, quota, computeMs, runS, warmUpItems } = options;
  const ranges = subModelRanges(cuts, layers.length);
  const [sequential] = await computed(subModelRanges([], layers.length), quota, computeMs);
  if (sequential === undefined) throw new Error('the sequential node was not measured');
  const alone = await computed(ranges, quota, computeMs);
  const items = Math.ceil(runS * Math.min(...alone.map((node) => node.itemsPerS)));
  const run = await runDistributed(cluster, {
    ...{ model, cuts, items, warmUpItems, strategy: balanced.name },
    nodes: ranges.map(() => [{ quota }]),
  });
  const flops = ({ from, to }: LayerRange): number =>
    layers.slice(from, to).reduce((sum, layer) => sum + layer.flops, 0);
  const boundByFlops = flops({ from: 0, to: layers.length }) / Math.max(...ranges.map(flops));
  return { cuts, sequential, alone, run, boundByFlops };
}

/** What nodes compute that work beside each other, and do nothing but compute. */
async function computed(
  ranges: readonly LayerRange[],
  quota: CpuQuota,
  forMs: number,
): Promise<Computed[]> {
  const nodes: ComputeNode[] = [];
  try {
    // One after the other: TensorFlow's start is not to be held up by the others' work.
    for (const range of ranges) nodes.push(await ComputeNode.start(range, quota));
    return await Promise.all(nodes.map((node) => node.run(forMs)));
  } finally {
    await Promise.all(nodes.map((node) => node.stop()));
  }
}

function ourNotes(quota: CpuQuota): string[] {
  return [
    `Every node, the sequential one too, is held to ${quotaShare} of a core by ${quota.way}, so that another node is more processor time, as another machine would be. The dispatcher (windower and sink) and the broker have no quota: in the seed's set-up too the dispatcher was a machine of its own.`,
    'The sequential node runs the uncut network on the same engine, in batches as large as a stage’s largest, over windows in its memory: no Kafka, no decoding.',
    'The bound is the rate of the slowest sub-model of the cut, where its process does nothing but compute, over the sequential rate: both measured just before the run, with all of the cut’s nodes at work at once. “Of the bound” is the run’s rate over that of this slowest sub-model.',
    '“Quota used” near 1 says that a node had no more time to use; a slowest node well below 1 was kept waiting, by the broker or by the machine’s other work.',
    'The seed’s columns are kept as it defines them. Payload: bytes that a node sends on. Energy: 10 pJ for each bit that a node decompresses, and for each that it compresses. Communication: what is left of the run’s time, waiting included. Latency: (de)serialisation and communication. Windows wait in the topic, so none of it is the age of a prediction.',
  ];
}

function seedNotes(): string[] {
  const wrong = wrongTotals().map(
    ({ nodes, column, published, sum }) =>
      `${column} of ${nodes} nodes, ${published} published and ${Number(sum.toPrecision(6))} in sum`,
  );
  return [
    'The seed’s published energy takes kibibits for bits: its joules are 1,024 times too few. It also counts the bits of each payload once, though they are compressed and decompressed: ours are counted at both ends, so halve ours to compare with “energy of that payload”.',
    `Of the seed’s published totals these are not the sums of their rows: ${wrong.join('; ')}.`,
    'The seed’s payload is printed as “Mb” and explained as megabytes; by its energy formula it is mebibytes. Its second plot divides the payload by the inference and latency times of all nodes together, a sum that grows with the nodes by itself; here both are divided by the time of the run.',
    'The seed’s throughput is in results of two windows each, on other machines: only its ratios can be held against ours.',
  ];
}
