import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { connected } from '../../src/broker/connect.js';
import { createKafka, type Admin } from '../../src/broker/kafka-client.js';
import { LaneLog } from '../../src/broker/lane-log.js';
import { LaneWriter } from '../../src/broker/lane-writer.js';
import { groupOf, outputTopic, pipelineTopics } from '../../src/broker/topics.js';
import { logDir } from '../../src/cli/log-dir.js';
import { deploy } from '../../src/control/deployment.js';
import { Supervisor } from '../../src/control/supervisor.js';
import type { GeoFix } from '../../src/geo/fix.js';
import { Grid } from '../../src/geo/grid.js';
import { defaultRules } from '../../src/geo/windows.js';
import type { Logger } from '../../src/log.js';
import { fileOf, gridPath, type ModelFiles } from '../../src/model/model-files.js';
import { FixSender } from '../../src/producer/fix-sender.js';
import { projectDir } from '../../src/project-dir.js';
import type { PlanRecord } from '../../src/wire/partition-plan.js';
import type { CpuQuota } from './cpu-quota.js';
import { latencies, sendPaced, type LightLoad } from './light-load.js';
import { steadySpan, wholeWork, workIn, type NodeWork } from './node-work.js';
import { StatusWatch } from './status-watch.js';
import { drive } from './traffic.js';

/** Where a run's records go. */
export interface Cluster {
  readonly brokers: readonly string[];
  readonly lanes: number;
  readonly log: Logger;
}

/** Where one worker of a stage runs. */
export interface NodeSetup {
  readonly quota: CpuQuota;
  /** How it reaches the cluster; the cluster's own addresses where left out. */
  readonly brokers?: readonly string[];
}

/** What is run. */
export interface DistributedOptions {
  readonly model: ModelFiles;
  /** How the cuts were found. */
  readonly strategy: string;
  readonly cuts: readonly number[];
  /** The workers of stage 1 … K. */
  readonly nodes: readonly (readonly NodeSetup[])[];
  /** Windows that are queued at once, when the nodes are warm. */
  readonly items: number;
  /** Windows before them, without a quota: V8 has compiled what is hot then. */
  readonly warmUpItems: number;
  /** What comes after them, once all of them are predicted; nothing where left out. */
  readonly light?: LightLoad;
}

/** What was seen of a pipeline of several nodes in the steady part of its run. */
export interface DistributedRun {
  readonly spanMs: number;
  /** Predicted in the span. */
  readonly items: number;
  readonly windower: NodeWork;
  /** Each worker, stage by stage. */
  readonly nodes: readonly NodeWork[];
  readonly sink: NodeWork;
  /** Of each prediction at the light load: from its fix's append to its own. Milliseconds. */
  readonly latenciesMs: readonly number[];
}

/** The fixes are from a week ago on: none is from the future, however many there are. */
const agoMs = 7 * 24 * 3_600_000;
const windowerName = 'windower-0';
const sinkName = 'sink-0';
let runs = 0;

/**
 * Runs a pipeline on several nodes: the stages' workers are processes under a quota, and windower
 * and sink, which are the seed's dispatcher, are processes without one. When the nodes are warm,
 * the quotas begin, and all input comes at once, much faster than they take it.
 */
export async function runDistributed(
  cluster: Cluster,
  options: DistributedOptions,
): Promise<DistributedRun> {
  const run = await Run.deploy(cluster, options);
  try {
    return await run.measure();
  } finally {
    await run.remove();
  }
}

interface Io {
  readonly admin: Admin;
  readonly laneLog: LaneLog;
  readonly writer: LaneWriter;
}

class Run {
  readonly #cluster: Cluster;
  readonly #options: DistributedOptions;
  readonly #io: Io;
  readonly #plan: PlanRecord;
  readonly #watch: StatusWatch;
  readonly #traffic: Iterator<GeoFix>;
  readonly #sender: FixSender;

  private constructor(
    cluster: Cluster,
    options: DistributedOptions,
    io: Io,
    plan: PlanRecord,
    watch: StatusWatch,
  ) {
    this.#cluster = cluster;
    this.#options = options;
    this.#io = io;
    this.#plan = plan;
    this.#watch = watch;
    const { model, warmUpItems, items, light } = options;
    const count = warmUpItems + items + (light?.fixes ?? 0);
    const grid = Grid.read(fileOf(model, gridPath));
    this.#traffic = drive(grid, count, Date.now() - agoMs);
    this.#sender = new FixSender(io.writer, pipelineTopics(plan.pipeline), plan.lanes);
  }

  static async deploy(cluster: Cluster, options: DistributedOptions): Promise<Run> {
    const { log, lanes, brokers } = cluster;
    const { model, strategy, cuts } = options;
    const kafka = createKafka({ brokers: [...brokers], clientId: 'bench-nodes' }, log);
    const admin = await connected(kafka.admin());
    const laneLog = await LaneLog.connect(kafka);
    const writer = await LaneWriter.connect(kafka, log);
    const io = { admin, laneLog, writer };
    runs += 1;
    const plan = await deploy(
      { ...io, log },
      {
        ...{ pipeline: `bench-nodes-${process.pid}-${runs}`, lanes, topK: 5 },
        ...{ modelName: 'daejeon', model, strategy, cuts, encoding: 'raw', rules: defaultRules },
        newPlan: false,
      },
    );
    const watch = await StatusWatch.start(kafka, plan, log);
    return new Run(cluster, options, io, plan, watch);
  }

  async measure(): Promise<DistributedRun> {
    const { warmUpItems, items, light, nodes } = this.#options;
    await this.#sendAll(warmUpItems);
    const supervisor = this.#supervisor();
    const limited: { quota: CpuQuota; pid: number }[] = [];
    const stages = nodes.map((workers, at) =>
      workers.map((_, replica) => `stage-${at + 1}-${replica}`),
    );
    try {
      this.#startStages(supervisor, stages);
      this.#start(supervisor, sinkName, ['sink']);
      for (const names of [...stages, [sinkName]]) await this.#watch.untilWorking(names);
      this.#start(supervisor, windowerName, ['windower']);
      await this.#watch.untilDone(sinkName, warmUpItems);
      for (const [at, names] of stages.entries()) {
        for (const [replica, name] of names.entries()) {
          const quota = nodes[at]?.[replica]?.quota;
          const pid = this.#watch.pidOf(name);
          if (quota === undefined || pid === null) continue;
          quota.limit(pid);
          limited.push({ quota, pid });
        }
      }
      await this.#sendAll(items);
      await this.#watch.untilDone(sinkName, warmUpItems + items);
      const latenciesMs = light === undefined ? [] : await this.#lightly(light);
      if (supervisor.restarts > 0) throw new Error('A worker has died in the run: see its log.');
      return { ...this.#measured(stages), latenciesMs };
    } finally {
      for (const { quota, pid } of limited) quota.release(pid);
      await supervisor.stopAll();
      supervisor.killAll();
    }
  }

  /** Topics and groups; the disk is not to fill up with activations, run by run. */
  async remove(): Promise<void> {
    const { admin, laneLog, writer } = this.#io;
    const plan = this.#plan;
    await this.#watch.stop();
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
    await Promise.all([writer.close(), laneLog.close(), admin.disconnect()]);
    if (process.env['STAGECOACH_KEEP_LOGS'] === undefined) {
      await rm(logDir(plan.pipeline), { recursive: true, force: true });
    }
  }

  async #sendAll(fixes: number): Promise<void> {
    for (let sent = 0; sent < fixes; sent += 1) await this.#send();
    await this.#sender.flush();
  }

  async #send(): Promise<void> {
    const next = this.#traffic.next();
    if (next.done !== true) await this.#sender.send(next.value);
  }

  #startStages(supervisor: Supervisor, stages: readonly (readonly string[])[]): void {
    for (const [at, names] of stages.entries()) {
      for (const [replica, name] of names.entries()) {
        const { brokers } = this.#options.nodes[at]?.[replica] ?? {};
        const by = brokers === undefined ? [] : ['--brokers', brokers.join(',')];
        this.#start(supervisor, name, ['stage', String(at + 1), ...by]);
      }
    }
  }

  #start(supervisor: Supervisor, name: string, command: readonly string[]): void {
    const args = [...command, '--plan', this.#plan.name, '--name', name];
    supervisor.start({ name, args, endsByItself: false });
  }

  async #lightly(light: LightLoad): Promise<number[]> {
    const { laneLog } = this.#io;
    const { warmUpItems, items } = this.#options;
    const startMs = Date.now();
    await sendPaced(light, async () => {
      await this.#send();
      await this.#sender.flush();
    });
    await this.#watch.untilDone(sinkName, warmUpItems + items + light.fixes);
    return latencies(laneLog, pipelineTopics(this.#plan.pipeline).predictions, startMs);
  }

  #measured(stages: readonly (readonly string[])[]): Omit<DistributedRun, 'latenciesMs'> {
    const watch = this.#watch;
    const reports = watch.samplesOf(sinkName).map(({ report }) => report);
    const { warmUpItems, items } = this.#options;
    const span = steadySpan(reports, items, warmUpItems);
    const sink = workIn(watch.samplesOf(sinkName), span);
    return {
      spanMs: sink.durationMs,
      items: sink.items,
      // It has run ahead of the others: what it did is taken whole.
      windower: wholeWork(watch.samplesOf(windowerName)),
      nodes: stages.flat().map((name) => workIn(watch.samplesOf(name), span)),
      sink,
    };
  }

  #supervisor(): Supervisor {
    const plan = this.#plan;
    return new Supervisor({
      main: join(projectDir(), 'dist', 'src', 'cli', 'main.js'),
      environment: {
        KAFKA_BROKERS: this.#cluster.brokers.join(','),
        STAGECOACH_PIPELINE: plan.pipeline,
        STAGECOACH_LANES: String(plan.lanes),
        STAGECOACH_LOG_LEVEL: 'warn',
        STAGECOACH_HEALTH_LISTEN: 'none',
      },
      logDir: logDir(plan.pipeline),
      onNotice: (notice) => process.stderr.write(`${notice}\n`),
    });
  }
}
