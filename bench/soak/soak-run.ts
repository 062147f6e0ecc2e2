import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { committedCoverage } from '../../src/broker/committed.js';
import { LaneFollower } from '../../src/broker/lane-follower.js';
import { pipelineTopics } from '../../src/broker/topics.js';
import { auditInChildren } from '../../src/cli/audit.js';
import { logDir } from '../../src/cli/log-dir.js';
import { deploy } from '../../src/control/deployment.js';
import { Supervisor } from '../../src/control/supervisor.js';
import { defaultRules } from '../../src/geo/windows.js';
import { loadModelFiles } from '../../src/model/model-files.js';
import { describeLayers } from '../../src/model/network.js';
import { RunMonitor } from '../../src/observe/run-monitor.js';
import type { Verdict } from '../../src/observe/verdict.js';
import { balanced } from '../../src/partition/balanced.js';
import type { PlanRecord } from '../../src/wire/partition-plan.js';
import { decodeWorkerReport } from '../../src/wire/worker-report.js';
import type { BenchCluster } from '../broker/bench-cluster.js';
import { modelFolder } from '../city/real-windows.js';

/** Some seconds of a run. */
export interface LatencyNow {
  readonly ratePerS: number;
  /** Null where there was no prediction in the last ten seconds. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

const stages = 3;
const lanes = 6;
const fleetName = 'fleet';
/** Fixes that may wait while the throughput is measured, as with `npm start`. */
const maxBacklog = 6_000;
const patienceMs = 120_000;

/** The processes that `npm start` starts, with a feed whose pace is given. */
export class SoakRun {
  readonly #cluster: BenchCluster;
  readonly #plan: PlanRecord;
  readonly #supervisor: Supervisor;
  readonly #monitor: RunMonitor;
  readonly #reports: LaneFollower;
  readonly #rss: Map<string, number>;

  private constructor(
    cluster: BenchCluster,
    plan: PlanRecord,
    supervisor: Supervisor,
    watching: { monitor: RunMonitor; reports: LaneFollower; rss: Map<string, number> },
  ) {
    this.#cluster = cluster;
    this.#plan = plan;
    this.#supervisor = supervisor;
    this.#monitor = watching.monitor;
    this.#reports = watching.reports;
    this.#rss = watching.rss;
  }

  /** Deploys the model, starts the workers, and waits until each has its lanes. */
  static async start(cluster: BenchCluster): Promise<SoakRun> {
    const plan = await deployModel(cluster);
    const { pipeline } = plan;
    const onNotice = (notice: string): void => void process.stderr.write(`${notice}\n`);
    const supervisor = new Supervisor({
      main: join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.js'),
      environment: {
        KAFKA_BROKERS: cluster.client.brokers.join(','),
        STAGECOACH_PIPELINE: pipeline,
        STAGECOACH_LANES: String(lanes),
        STAGECOACH_LOG_LEVEL: 'warn',
        STAGECOACH_HEALTH_LISTEN: 'none',
      },
      logDir: logDir(pipeline),
      onNotice,
    });
    const run = new SoakRun(cluster, plan, supervisor, await watch(cluster, plan));
    const worker = (name: string, ...command: string[]): void => {
      const args = [...command, '--plan', plan.name, '--name', name];
      supervisor.start({ name, args, endsByItself: false });
    };
    worker('windower-0', 'windower');
    for (let stage = 1; stage <= stages; stage += 1) {
      worker(`stage-${stage}-0`, 'stage', String(stage));
    }
    worker('sink-0', 'sink');
    while (!run.#monitor.isComplete(stages, Date.now())) await delay(50);
    return run;
  }

  /** Begins to replay a fleet: so many fixes a second, or as fast as they are taken. */
  feed(prefix: string, fixesPerS: number | null): void {
    const pace = fixesPerS === null ? [] : ['--rate', String(fixesPerS)];
    const args = ['fleet', '--name', fleetName, '--prefix', prefix, ...pace];
    args.push('--max-backlog', String(maxBacklog));
    this.#supervisor.start({ name: fleetName, args, endsByItself: true });
  }

  /** Ends the feed, and waits until all that it has sent is accounted for. */
  async drain(): Promise<void> {
    await this.#supervisor.stop(fleetName);
    this.#rss.delete(fleetName);
    let least = Infinity;
    let movedMs = Date.now();
    for (;;) {
      const waiting = await this.waiting();
      if (waiting === 0) return;
      if (waiting < least) movedMs = Date.now();
      least = Math.min(least, waiting);
      if (Date.now() - movedMs > patienceMs) return;
      await delay(50);
    }
  }

  /** Fixes that the sink has accounted for. */
  async done(): Promise<number> {
    const covered = await committedCoverage(this.#cluster.admin, this.#plan, 'sink');
    return covered.reduce((sum, offset) => sum + offset, 0);
  }

  /** Fixes that are in and not accounted for. */
  async waiting(): Promise<number> {
    const { end } = await this.#cluster.laneLog.bounds(pipelineTopics(this.#plan.pipeline).fixes);
    return end.reduce((sum, offset) => sum + offset, 0) - (await this.done());
  }

  /** Resident memory of each process, as it has reported it last. Bytes. */
  get memory(): ReadonlyMap<string, number> {
    return this.#rss;
  }

  get predictions(): number {
    return this.#monitor.predictions;
  }

  get restarts(): number {
    return this.#supervisor.restarts;
  }

  get latency(): LatencyNow {
    return this.#monitor.recent(Date.now());
  }

  /** Stops the workers and has the referee judge all of it. */
  async verdict(): Promise<Verdict> {
    await this.#supervisor.stopAll();
    const { client, laneLog } = this.#cluster;
    const { pipeline, name, startOffsets } = this.#plan;
    const topics = pipelineTopics(pipeline);
    const all = async (topic: string): Promise<{ from: number[]; to: number[] }> => {
      const { begin, end } = await laneLog.bounds(topic);
      return { from: [...begin], to: [...end] };
    };
    const { verdict } = await auditInChildren({
      ...{ client, pipeline, plan: name, tfjsWindows: 0 },
      fixes: { from: startOffsets, to: (await all(topics.fixes)).to },
      predictions: await all(topics.predictions),
      deadLetters: await all(topics.deadLetter),
    });
    return verdict;
  }

  /** Ends whatever still runs. */
  async end(): Promise<void> {
    await this.#supervisor.stopAll();
    await Promise.all([this.#monitor.stop(), this.#reports.stop()]);
  }
}

async function deployModel(cluster: BenchCluster): Promise<PlanRecord> {
  const model = await loadModelFiles(modelFolder);
  return deploy(cluster, {
    ...{ pipeline: cluster.newPipeline(), lanes, modelName: 'daejeon', model },
    ...{ strategy: balanced.name, cuts: balanced.cut(describeLayers(model), stages) },
    ...{ topK: 5, encoding: 'raw', rules: defaultRules, newPlan: false },
  });
}

/** Follows predictions and reports from their beginning. */
async function watch(
  { kafka, log }: BenchCluster,
  plan: PlanRecord,
): Promise<{ monitor: RunMonitor; reports: LaneFollower; rss: Map<string, number> }> {
  const rss = new Map<string, number>();
  const onError = (error: unknown): void => {
    throw error;
  };
  const statusFrom = [0];
  const predictionsFrom = Array.from({ length: plan.lanes }, () => 0);
  const monitor = await RunMonitor.start({
    kafka,
    plan,
    predictionsFrom,
    statusFrom,
    log,
    onError,
  });
  const reports = await LaneFollower.start(
    kafka,
    {
      ...{ topic: pipelineTopics(plan.pipeline).status, from: statusFrom, committedOnly: false },
      onRecords: (records) => {
        for (const { value } of records) {
          if (value === null) continue;
          const { worker, rssBytes } = decodeWorkerReport(value);
          rss.set(worker, rssBytes);
        }
      },
      onError,
    },
    log,
  );
  return { monitor, reports, rss };
}
