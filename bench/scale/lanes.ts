import { setTimeout as delay } from 'node:timers/promises';
import { groupOf, pipelineTopics, scoresTopic, stageTopic } from '../../src/broker/topics.js';
import { createFleet } from '../../src/producer/feeds/fleet/fleet.js';
import { FixSender } from '../../src/producer/fix-sender.js';
import type { PlanRecord } from '../../src/wire/partition-plan.js';
import type { WireTensor } from '../../src/wire/tensor-batch.js';
import { BenchCluster } from '../broker/bench-cluster.js';
import { copiedTensor } from '../process/copy-model.js';
import { LaneFeed } from '../process/lane-feed.js';
import { forkWorker, stopWorker, untilOpen, type Worker } from '../process/worker.js';
import type { Rows } from '../report/report.js';

/** How many lanes, and how much goes through them, whatever their number. */
export interface LaneSizes {
  readonly lanes: readonly number[];
  readonly fixes: number;
  /** Records of 64 items, for a stage and for the sink. */
  readonly records: number;
  /** How long a worker is watched that has nothing to do. Milliseconds. */
  readonly idleMs: number;
}

type Kind = 'windower' | 'stage' | 'sink';

/** A worker to be measured: what waits for it, and how it is started. */
interface Subject {
  /** The group that commits what it has read, and of which topic. */
  readonly groupId: string;
  readonly topic: string;
  /** @returns how many there are of what its cost is given by */
  readonly fill: () => Promise<number>;
  readonly start: (worker: Worker) => Promise<void>;
}

const itemsPerRecord = 64;
const itemShape = [20, 128];
const stages = 1;

function activations(items: number): WireTensor[] {
  const shape = [items, ...itemShape];
  const length = shape.reduce((product, size) => product * size, 1);
  return [
    { name: copiedTensor, dtype: 'float32', shape, data: new Float32Array(length).fill(0.5) },
  ];
}

function scores(items: number): WireTensor[] {
  const topK = 5;
  const shape = [items, topK];
  const cells = Int32Array.from({ length: items * topK }, (_, at) => 700 + (at % topK));
  const probabilities = new Float32Array(items * topK).fill(0.1);
  const currentCell = new Int32Array(items).fill(700);
  return [
    { name: 'cells', dtype: 'int32', shape, data: cells },
    { name: 'probabilities', dtype: 'float32', shape, data: probabilities },
    { name: 'currentCell', dtype: 'int32', shape: [items], data: currentCell },
  ];
}

function subjectOf(kind: Kind, cluster: BenchCluster, plan: PlanRecord, sizes: LaneSizes): Subject {
  const { client, writer } = cluster;
  const { pipeline, name, lanes } = plan;
  const job = { client, plan };
  const records = { lanes, records: sizes.records, items: itemsPerRecord };
  switch (kind) {
    case 'windower':
      return {
        ...{ groupId: groupOf(plan, 'windower'), topic: pipelineTopics(pipeline).fixes },
        fill: () => sendFixes(cluster, plan, sizes.fixes),
        start: (worker) => worker.ask('startWindower', job),
      };
    case 'stage': {
      const topic = stageTopic(pipeline, name, 1);
      const feed = new LaneFeed(name, 0, 'raw', activations);
      const work = { kind: 'copy', itemShape } as const;
      return {
        ...{ groupId: groupOf(plan, 'stage-1'), topic },
        fill: () => feed.write(writer, topic, records).then(() => sizes.records * itemsPerRecord),
        start: (worker) => worker.ask('startStage', { ...job, stage: 1, stages, work }),
      };
    }
    case 'sink': {
      const topic = scoresTopic(pipeline, name);
      const feed = new LaneFeed(name, stages, 'raw', scores);
      return {
        ...{ groupId: groupOf(plan, 'sink'), topic },
        fill: () => feed.write(writer, topic, records).then(() => sizes.records * itemsPerRecord),
        start: (worker) => worker.ask('startSink', job),
      };
    }
  }
}

async function sendFixes(
  { writer }: BenchCluster,
  { pipeline, lanes }: PlanRecord,
  count: number,
): Promise<number> {
  const sender = new FixSender(writer, pipelineTopics(pipeline), lanes);
  let sent = 0;
  for (const fix of createFleet({ seed: 'lanes', vehicles: 400 })) {
    await sender.send(fix);
    sent += 1;
    if (sent === count) break;
  }
  await sender.flush();
  return sent;
}

async function measure(kind: Kind, lanes: number, sizes: LaneSizes): Promise<Rows['rows'][number]> {
  const cluster = await BenchCluster.connect('lanes');
  const worker = forkWorker();
  try {
    const plan = await cluster.barePlan({ lanes, stages, encoding: 'raw' });
    const subject = subjectOf(kind, cluster, plan, sizes);
    const work = await subject.fill();
    const before = await worker.usage();
    await subject.start(worker);
    await untilOpen(worker, lanes);
    await cluster.untilRead(subject.groupId, subject.topic);
    const after = await worker.usage();
    await delay(sizes.idleMs);
    const idle = await worker.usage();
    await stopWorker(worker);
    const cpuMs = after.cpuMs - before.cpuMs;
    return {
      ...{ worker: kind, lanes, items: work, 'CPU ms': cpuMs, 'µs an item': (1e3 * cpuMs) / work },
      'peak MB': after.peakRssBytes / 1e6,
      'idle, ms of CPU a second': (1e3 * (idle.cpuMs - after.cpuMs)) / sizes.idleMs,
    };
  } finally {
    await worker.end();
    await cluster.close();
  }
}

/** What the same work costs one worker when it comes in more lanes. All of it waits at the start. */
export async function measureLanes(sizes: LaneSizes): Promise<Rows> {
  const rows: Rows['rows'][number][] = [];
  for (const kind of ['windower', 'stage', 'sink'] as const) {
    for (const lanes of sizes.lanes) rows.push(await measure(kind, lanes, sizes));
  }
  return {
    title: 'Lanes of one worker; the windower’s items are fixes, the stage has no sub-model',
    columns: [
      ...['worker', 'lanes', 'items', 'CPU ms', 'µs an item', 'peak MB'],
      'idle, ms of CPU a second',
    ],
    rows,
  };
}
