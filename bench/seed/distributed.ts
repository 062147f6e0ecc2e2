import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { connected } from '../../src/broker/connect.js';
import { createKafka, type Admin, type Kafka } from '../../src/broker/kafka-client.js';
import { LaneLog } from '../../src/broker/lane-log.js';
import { LaneWriter } from '../../src/broker/lane-writer.js';
import { groupOf, outputTopic, pipelineTopics } from '../../src/broker/topics.js';
import { logDir } from '../../src/cli/log-dir.js';
import { deploy } from '../../src/control/deployment.js';
import { Supervisor } from '../../src/control/supervisor.js';
import { Grid } from '../../src/geo/grid.js';
import { defaultRules } from '../../src/geo/windows.js';
import type { Logger } from '../../src/log.js';
import { fileOf, gridPath, type ModelFiles } from '../../src/model/model-files.js';
import { FixSender } from '../../src/producer/fix-sender.js';
import { projectDir } from '../../src/project-dir.js';
import type { PlanRecord } from '../../src/wire/partition-plan.js';
import type { CpuQuota } from './cpu-quota.js';
import { topK } from './job.js';
import { steadySpan, wholeWork, workIn, type NodeWork } from './node-work.js';
import { StatusWatch } from './status-watch.js';
import { drive } from './traffic.js';

/** Where a run's records go. */
export interface Cluster {
  readonly brokers: readonly string[];
  readonly lanes: number;
  readonly log: Logger;
}

/** What is run. */
export interface DistributedOptions {
  readonly model: ModelFiles;
  readonly cuts: readonly number[];
  /** Windows that are queued before the nodes begin. */
  readonly items: number;
  readonly quota: CpuQuota;
}

/** What was seen of a pipeline of several nodes in the steady part of its run. */
export interface DistributedRun {
  readonly spanMs: number;
  /** Predicted in the span. */
  readonly items: number;
  readonly windower: NodeWork;
  /** Stage 1 … K. */
  readonly nodes: readonly NodeWork[];
  readonly sink: NodeWork;
}

/** The fixes are from a week ago on: none is from the future, however many there are. */
const agoMs = 7 * 24 * 3_600_000;
const windowerName = 'windower-0';
const sinkName = 'sink-0';
let runs = 0;

/**
 * Runs a pipeline of as many nodes as the cuts make: the stages are processes under the quota, and
 * windower and sink, which are the seed's dispatcher, are processes without one. All input waits in
 * the fixes' topic before the windower starts, and the windower starts when the nodes are ready, so
 * that none of them ever waits for the feed.
 */
export async function runDistributed(
  cluster: Cluster,
  options: DistributedOptions,
): Promise<DistributedRun> {
  const { log, lanes } = cluster;
  const kafka = createKafka({ brokers: [...cluster.brokers], clientId: 'bench-seed' }, log);
  const admin = await connected(kafka.admin());
  const laneLog = await LaneLog.connect(kafka);
  const writer = await LaneWriter.connect(kafka, log);
  runs += 1;
  const pipeline = `bench-seed-${process.pid}-${runs}`;
  let plan: PlanRecord | null = null;
  try {
    plan = await deploy(
      { admin, laneLog, writer, log },
      {
        ...{ pipeline, lanes, topK, modelName: 'daejeon', model: options.model },
        ...{ strategy: 'balanced', cuts: options.cuts, encoding: 'raw', rules: defaultRules },
        newPlan: false,
      },
    );
    const sender = new FixSender(writer, pipelineTopics(pipeline), lanes);
    const grid = Grid.read(fileOf(options.model, gridPath));
    for (const fix of drive(grid, options.items, Date.now() - agoMs)) await sender.send(fix);
    await sender.flush();
    return await watched(kafka, cluster, options, plan);
  } finally {
    if (plan !== null) await removeTraces(admin, plan);
    await Promise.all([writer.close(), laneLog.close(), admin.disconnect()]);
  }
}

async function watched(
  kafka: Kafka,
  { brokers, log }: Cluster,
  { items, quota }: DistributedOptions,
  plan: PlanRecord,
): Promise<DistributedRun> {
  const stages = ['', ...plan.cuts].map((_, at) => `stage-${at + 1}-0`);
  const supervisor = supervisorOf(plan, brokers);
  const start = (name: string, ...command: string[]): void => {
    const args = [...command, '--plan', plan.name, '--name', name];
    supervisor.start({ name, args, endsByItself: false });
  };
  const watch = await StatusWatch.start(kafka, plan, log);
  const limited: number[] = [];
  try {
    stages.forEach((name, at) => start(name, 'stage', String(at + 1)));
    start(sinkName, 'sink');
    await watch.untilWorking([...stages, sinkName]);
    for (const pid of watch.pidsOf(stages)) {
      quota.limit(pid);
      limited.push(pid);
    }
    start(windowerName, 'windower');
    await watch.untilDone(sinkName, items);
    if (supervisor.restarts > 0) throw new Error('A worker has died in the run: see its log.');
    return measured(watch, stages, items);
  } finally {
    for (const pid of limited) quota.release(pid);
    await supervisor.stopAll();
    await watch.stop();
    supervisor.killAll();
    if (process.env['STAGECOACH_KEEP_LOGS'] === undefined) {
      await rm(logDir(plan.pipeline), { recursive: true, force: true });
    }
  }
}

function measured(watch: StatusWatch, stages: readonly string[], items: number): DistributedRun {
  const reports = watch.samplesOf(sinkName).map(({ report }) => report);
  const span = steadySpan(reports, items);
  const sink = workIn(watch.samplesOf(sinkName), span);
  return {
    spanMs: sink.durationMs,
    items: sink.items,
    // It has run ahead of the others: what it did is taken whole.
    windower: wholeWork(watch.samplesOf(windowerName)),
    nodes: stages.map((name) => workIn(watch.samplesOf(name), span)),
    sink,
  };
}

function supervisorOf(plan: PlanRecord, brokers: readonly string[]): Supervisor {
  return new Supervisor({
    main: join(projectDir(), 'dist', 'src', 'cli', 'main.js'),
    environment: {
      KAFKA_BROKERS: brokers.join(','),
      STAGECOACH_PIPELINE: plan.pipeline,
      STAGECOACH_LANES: String(plan.lanes),
      STAGECOACH_LOG_LEVEL: 'warn',
      STAGECOACH_HEALTH_LISTEN: 'none',
    },
    logDir: logDir(plan.pipeline),
    onNotice: (notice) => process.stderr.write(`${notice}\n`),
  });
}

/** Topics and groups; the disk is not to fill up with activations, run by run. */
async function removeTraces(admin: Admin, plan: PlanRecord): Promise<void> {
  const stages = plan.cuts.length + 1;
  const numbers = [...Array(stages + 1).keys()];
  const topics = [
    ...Object.values<string>({ ...pipelineTopics(plan.pipeline) }),
    ...numbers.map((stage) => outputTopic(plan.pipeline, plan.name, stage, stages)),
  ];
  const groups = [
    groupOf(plan, 'windower'),
    ...numbers.slice(1).map((stage) => groupOf(plan, `stage-${stage}`)),
    groupOf(plan, 'sink'),
  ];
  // A group that never came to be can't be deleted, which is as well.
  await admin.deleteGroups(groups).catch(() => undefined);
  await admin.deleteTopics({ topics });
}
