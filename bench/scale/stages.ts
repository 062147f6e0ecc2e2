import { groupOf, pipelineTopics, scoresTopic, stageTopic } from '../../src/broker/topics.js';
import { defaultRules, VehicleMap } from '../../src/geo/windows.js';
import { loadModelFiles } from '../../src/model/model-files.js';
import { describeLayers } from '../../src/model/network.js';
import { balanced } from '../../src/partition/balanced.js';
import { subModelRanges } from '../../src/partition/cuts.js';
import { Backlog } from '../../src/producer/backlog.js';
import { createFleet } from '../../src/producer/feeds/fleet/fleet.js';
import { FixSender } from '../../src/producer/fix-sender.js';
import type { PlanRecord } from '../../src/wire/partition-plan.js';
import { BenchCluster } from '../broker/bench-cluster.js';
import { daejeonGrid, modelFolder } from '../city/real-windows.js';
import { forkWorker, stopWorker, untilOpen, type Worker } from '../process/worker.js';
import type { Rows } from '../report/report.js';

/** Into how many stages the network is cut, and how much is predicted. */
export interface StageSizes {
  readonly stages: readonly number[];
  readonly warmUpItems: number;
  readonly items: number;
}

const lanes = 6;
const maxBacklog = 6_000;

/** A pipeline that runs, each worker in a process of its own. */
interface Pipeline {
  readonly plan: PlanRecord;
  readonly windower: Worker;
  readonly stages: readonly Worker[];
  readonly sink: Worker;
}

async function start(cluster: BenchCluster, cuts: readonly number[]): Promise<Pipeline> {
  const stages = cuts.length + 1;
  const bare = await cluster.barePlan({ lanes, stages, encoding: 'raw' });
  const plan: PlanRecord = { ...bare, strategy: balanced.name, cuts };
  const job = { client: cluster.client, plan };
  const pipeline: Pipeline = {
    ...{ plan, windower: forkWorker(), sink: forkWorker() },
    stages: Array.from({ length: stages }, () => forkWorker()),
  };
  const { length } = describeLayers(await loadModelFiles(modelFolder));
  const ranges = subModelRanges(cuts, length);
  await pipeline.windower.ask('startWindower', job);
  for (const [at, worker] of pipeline.stages.entries()) {
    const { from = 0, to = length } = ranges[at] ?? {};
    const topK = to === length ? plan.topK : undefined;
    const work = { kind: 'layers', folder: modelFolder, from, to, topK } as const;
    await worker.ask('startStage', { ...job, stage: at + 1, stages, work });
  }
  await pipeline.sink.ask('startSink', job);
  await Promise.all(workersOf(pipeline).map((worker) => untilOpen(worker, lanes)));
  return pipeline;
}

function workersOf({ windower, stages, sink }: Pipeline): Worker[] {
  return [windower, ...stages, sink];
}

/** Sends fixes that complete so many windows. */
class Feed {
  readonly #fixes = createFleet({ seed: 'stages', vehicles: 400 });
  readonly #vehicles = new VehicleMap(daejeonGrid(), defaultRules);
  readonly #sender: FixSender;
  readonly #backlog: Backlog;

  constructor(cluster: BenchCluster, plan: PlanRecord) {
    this.#sender = new FixSender(cluster.writer, pipelineTopics(plan.pipeline), plan.lanes);
    this.#backlog = new Backlog(cluster, plan, maxBacklog);
  }

  async send(items: number): Promise<void> {
    const { signal } = new AbortController();
    for (let windows = 0; windows < items;) {
      const { value: fix } = this.#fixes.next();
      if (fix === undefined) break;
      await this.#backlog.room(signal);
      await this.#sender.send(fix);
      if (this.#vehicles.take(fix, Date.now()).kind === 'entered') windows += 1;
    }
    await this.#sender.flush();
  }
}

/** Resolves when all fixes that are in have come out at the end. */
async function untilThrough(cluster: BenchCluster, plan: PlanRecord): Promise<void> {
  const { pipeline, name, cuts } = plan;
  await cluster.untilRead(groupOf(plan, 'windower'), pipelineTopics(pipeline).fixes);
  for (let stage = 1; stage <= cuts.length + 1; stage += 1) {
    await cluster.untilRead(groupOf(plan, `stage-${stage}`), stageTopic(pipeline, name, stage));
  }
  await cluster.untilRead(groupOf(plan, 'sink'), scoresTopic(pipeline, name));
}

async function cpuOf(workers: readonly Worker[]): Promise<number> {
  const usages = await Promise.all(workers.map((worker) => worker.usage()));
  return usages.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
}

async function measure(count: number, sizes: StageSizes): Promise<Record<string, number>> {
  const layers = describeLayers(await loadModelFiles(modelFolder));
  const cluster = await BenchCluster.connect('stages');
  const running: Worker[] = [];
  try {
    const pipeline = await start(cluster, balanced.cut(layers, count));
    running.push(...workersOf(pipeline));
    const feed = new Feed(cluster, pipeline.plan);
    await feed.send(sizes.warmUpItems);
    await untilThrough(cluster, pipeline.plan);
    const cpuBefore = { all: await cpuOf(running), stages: await cpuOf(pipeline.stages) };
    const itemsBefore = await pipeline.sink.ask('items', undefined);
    const startMs = performance.now();
    await feed.send(sizes.items);
    await untilThrough(cluster, pipeline.plan);
    const seconds = (performance.now() - startMs) / 1000;
    const items = (await pipeline.sink.ask('items', undefined)) - itemsBefore;
    const cpu = {
      all: (await cpuOf(running)) - cpuBefore.all,
      stages: (await cpuOf(pipeline.stages)) - cpuBefore.stages,
    };
    const usages = await Promise.all(pipeline.stages.map((worker) => worker.usage()));
    const stagesMb = usages.reduce((sum, { rssBytes }) => sum + rssBytes, 0) / 1e6;
    await Promise.all(running.map((worker) => stopWorker(worker)));
    return {
      ...{ stages: count, items, 'predictions a second': items / seconds },
      ...{ 'CPU ms an item': cpu.all / items, 'in stages': cpu.stages / items },
      'stages MB': stagesMb,
    };
  } finally {
    await Promise.all(running.map((worker) => worker.end()));
    await cluster.close();
  }
}

/** What it costs to cut the same network into more stages, on this machine. */
export async function measureStages(sizes: StageSizes): Promise<Rows> {
  const rows: Record<string, number | null>[] = [];
  for (const count of sizes.stages) {
    const row = await measure(count, sizes);
    const before = rows.at(-1);
    const more = (row['in stages'] ?? NaN) - (before?.['in stages'] ?? NaN);
    const hops = count - (before?.stages ?? NaN);
    rows.push({ ...row, 'CPU ms a hop more': before === undefined ? null : more / hops });
  }
  return {
    title: 'Stages that the network is cut into, each in a process of its own',
    columns: [
      ...['stages', 'items', 'predictions a second', 'CPU ms an item', 'in stages'],
      ...['CPU ms a hop more', 'stages MB'],
    ],
    rows,
  };
}
