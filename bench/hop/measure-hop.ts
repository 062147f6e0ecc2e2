import { join } from 'node:path';
import { LaneFollower } from '../../src/broker/lane-follower.js';
import { groupOf, outputTopic, stageTopic } from '../../src/broker/topics.js';
import type { PlanRecord } from '../../src/wire/partition-plan.js';
import type { Encoding, WireTensor } from '../../src/wire/tensor-batch.js';
import { ready } from '../../src/wire/zstd.js';
import type { BenchCluster } from '../broker/bench-cluster.js';
import { BenchProcess } from '../process/bench-process.js';
import { copiedTensor } from '../process/copy-model.js';
import { LaneFeed, type TensorsOf } from '../process/lane-feed.js';
import { forkWorker, stopWorker, untilOpen } from '../process/worker.js';
import type { SectionHandlers, Sections } from './section-process.js';

/** How much is measured. */
export interface HopSizes {
  /** Items in a record. */
  readonly perRecord: number;
  readonly warmUpRecords: number;
  readonly records: number;
  /** Records whose latency is taken, of each size. */
  readonly latencyRecords: number;
  /** Processor time for each part, at least. Milliseconds. */
  readonly measureMs: number;
}

/** What crosses the cut, and how. */
export interface HopCase {
  /** `[items, …itemShape] float32` */
  readonly activations: Float32Array;
  readonly itemShape: readonly number[];
  readonly encoding: Encoding;
  readonly sizes: HopSizes;
}

/** Latency of records of one size. */
export interface HopLatency {
  readonly items: number;
  readonly recordBytes: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** What one record of `perRecord` items costs. */
export interface HopFigures {
  readonly recordBytes: number;
  readonly sections: Sections;
  /** Processor time of a stage at work for one record, all of it. Milliseconds. */
  readonly wholeMs: number;
  readonly latencies: readonly HopLatency[];
}

const lanes = 6;
const stages = 1;

/** Measures one encoding of one kind of activations. */
export async function measureHop(cluster: BenchCluster, hop: HopCase): Promise<HopFigures> {
  await ready();
  const sections = await measureSections(cluster, hop);
  return { sections, ...(await measureAtWork(cluster, hop)) };
}

/** Records take the rows in turn, so that no two neighbours are the same. */
function tensorsOf({ activations, itemShape }: HopCase): TensorsOf {
  const width = itemShape.reduce((product, size) => product * size, 1);
  const rows = activations.length / width;
  let row = 0;
  return (items): WireTensor[] => {
    if (row + items > rows) row = 0;
    const data = activations.subarray(row * width, (row + items) * width);
    row += items;
    return [{ name: copiedTensor, dtype: 'float32', shape: [items, ...itemShape], data }];
  };
}

async function measureSections(cluster: BenchCluster, hop: HopCase): Promise<Sections> {
  const { encoding, itemShape, sizes } = hop;
  const plan = await cluster.barePlan({ lanes: 1, stages, encoding });
  const { pipeline, name } = plan;
  const topic = stageTopic(pipeline, name, 1);
  const feed = new LaneFeed(name, 0, encoding, tensorsOf(hop));
  await feed.write(cluster.writer, topic, { lanes: 1, records: 8, items: sizes.perRecord });
  const file = join(import.meta.dirname, 'section-process.js');
  const child = BenchProcess.fork<SectionHandlers>(file, { execArgv: ['--expose-gc'] });
  try {
    return await child.ask('measure', {
      ...{ client: cluster.client, topic, lane: 0, itemShape, encoding },
      outputTopic: outputTopic(pipeline, name, stages, stages),
      measureMs: sizes.measureMs,
    });
  } finally {
    await child.end();
  }
}

async function measureAtWork(
  cluster: BenchCluster,
  hop: HopCase,
): Promise<Omit<HopFigures, 'sections'>> {
  const { encoding, itemShape, sizes } = hop;
  const plan = await cluster.barePlan({ lanes, stages, encoding });
  const topic = stageTopic(plan.pipeline, plan.name, 1);
  const feed = new LaneFeed(plan.name, 0, encoding, tensorsOf(hop));
  const write = async (records: number): Promise<void> => {
    await feed.write(cluster.writer, topic, { lanes, records, items: sizes.perRecord });
    await cluster.untilRead(groupOf(plan, 'stage-1'), topic);
  };
  const worker = forkWorker();
  try {
    const work = { kind: 'copy', itemShape } as const;
    await worker.ask('startStage', { client: cluster.client, plan, stage: 1, stages, work });
    await untilOpen(worker, lanes);
    await write(sizes.warmUpRecords);
    const before = await worker.usage();
    await write(sizes.records);
    const { cpuMs } = await worker.usage();
    const wholeMs = (cpuMs - before.cpuMs) / sizes.records;
    const latencies: HopLatency[] = [];
    for (const items of [1, 8, sizes.perRecord]) {
      latencies.push(await latencyOf(cluster, plan, feed, items, sizes.latencyRecords));
    }
    await stopWorker(worker);
    return { recordBytes: latencies.at(-1)?.recordBytes ?? 0, wholeMs, latencies };
  } finally {
    await worker.end();
  }
}

/** Writes a record when the one before has come out at the other end. */
async function latencyOf(
  cluster: BenchCluster,
  plan: PlanRecord,
  feed: LaneFeed,
  items: number,
  count: number,
): Promise<HopLatency> {
  const { pipeline, name } = plan;
  const lane = 0;
  const topic = outputTopic(pipeline, name, stages, stages);
  let came: () => void = () => undefined;
  let failed: (error: unknown) => void = () => undefined;
  const { end } = await cluster.laneLog.bounds(topic);
  const follower = await LaneFollower.start(
    cluster.kafka,
    {
      ...{ topic, from: end, committedOnly: false },
      onRecords: () => came(),
      onError: (error) => failed(error),
    },
    cluster.log,
  );
  const times: number[] = [];
  let recordBytes = 0;
  try {
    for (let index = -1; index < count; index += 1) {
      const value = feed.record(lane, items);
      recordBytes = value.byteLength;
      const arrived = new Promise<void>((resolve, reject) => {
        came = resolve;
        failed = reject;
      });
      const startMs = performance.now();
      await cluster.writer.send(stageTopic(pipeline, name, 1), lane, [{ key: null, value }]);
      await arrived;
      // The first one of its size finds nothing warm.
      if (index >= 0) times.push(performance.now() - startMs);
    }
  } finally {
    await follower.stop();
  }
  times.sort((a, b) => a - b);
  const quantile = (share: number): number => times[Math.floor(share * times.length)] ?? NaN;
  return { items, recordBytes, p50Ms: quantile(0.5), p99Ms: quantile(0.99) };
}
