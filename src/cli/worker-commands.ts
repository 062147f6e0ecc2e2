import { hostname } from 'node:os';
import type { Command } from 'commander';
import { createKafka } from '../broker/kafka-client.js';
import { LaneLog } from '../broker/lane-log.js';
import { pipelineTopics } from '../broker/topics.js';
import type { RunningWorker, WorkerOptions } from '../broker/worker-environment.js';
import type { WorkerHealth } from '../broker/worker-health.js';
import type { WorkerIdentity } from '../broker/worker-meter.js';
import { fetchModel } from '../control/model-store.js';
import { findPlan } from '../control/plan-store.js';
import { learnSchemas } from '../control/schema-store.js';
import type { Config } from '../config.js';
import { ConfigError } from '../errors.js';
import { Grid } from '../geo/grid.js';
import { fileOf, gridPath, type ModelFiles } from '../model/model-files.js';
import type { HealthServer } from '../observe/health-server.js';
import { subModelRanges, type LayerRange } from '../partition/cuts.js';
import type { PlanRecord } from '../wire/partition-plan.js';
import { ready } from '../wire/zstd.js';
import { collectAllAtOnce } from './garbage-collection.js';
import { clusterCommand, commandContext, type CommandContext } from './global-options.js';
import { tellParent } from './tell-parent.js';
import { runUntilStopped } from './run-until-stopped.js';

/** What a worker's process finds on the cluster before it starts. */
interface Orders {
  readonly plan: PlanRecord;
  readonly files: ModelFiles;
}

type StartWorker = (
  options: WorkerOptions,
  orders: Orders,
  config: Config,
) => Promise<RunningWorker>;

/** What a worker's process is, before it knows its plan. */
type WorkerKind = Pick<WorkerIdentity, 'role' | 'stage'>;

async function runWorker(
  name: string,
  kind: WorkerKind,
  flags: Readonly<Record<string, unknown>>,
  start: StartWorker,
): Promise<void> {
  const context = commandContext(name, flags);
  await runUntilStopped(context.log, async (onFatal) => {
    let worker: RunningWorker | null = null;
    const health = await listenForHealth(context, kind, () => worker?.health() ?? null);
    const started = await startWorker(name, context, flags, onFatal, start);
    worker = started;
    return {
      async stop() {
        await started.stop();
        await health?.close();
      },
    };
  });
}

async function listenForHealth(
  { config, log }: CommandContext,
  kind: WorkerKind,
  health: () => WorkerHealth | null,
): Promise<HealthServer | null> {
  if (config.healthListen === undefined) return null;
  const { HealthServer } = await import('../observe/health-server.js');
  const identity = { pipeline: config.pipeline, ...kind };
  return HealthServer.listen(config.healthListen, identity, health, log);
}

async function startWorker(
  name: string,
  context: CommandContext,
  flags: Readonly<Record<string, unknown>>,
  onFatal: (error: unknown) => void,
  start: StartWorker,
): Promise<RunningWorker> {
  const { log, client, config } = context;
  const plan = typeof flags.plan === 'string' ? flags.plan : undefined;
  const orders = await readOrders(context, plan);
  await ready();
  log.info({ plan: orders.plan.name, model: orders.plan.modelDigest }, 'starting');
  const { sessionTimeoutMs, stallTimeoutMs } = config;
  const worker =
    typeof flags.name === 'string' ? flags.name : `${name}@${hostname()}-${process.pid}`;
  const options = {
    client,
    name: worker,
    plan: orders.plan,
    sessionTimeoutMs,
    stallTimeoutMs,
    log,
    onNotice: (notice: string) => void tellParent(notice),
    onFatal,
  };
  return start(options, orders, config);
}

async function readOrders(
  { client, config, log }: CommandContext,
  planName: string | undefined,
): Promise<Orders> {
  const laneLog = await LaneLog.connect(createKafka(client, log));
  try {
    const topics = pipelineTopics(config.pipeline);
    await learnSchemas(laneLog, topics.control, log);
    const plan = await findPlan(laneLog, topics.control, planName);
    const files = await fetchModel(laneLog, topics.models, plan.modelDigest);
    return { plan, files };
  } finally {
    await laneLog.close();
  }
}

function gridOf(files: ModelFiles): Grid {
  return Grid.read(fileOf(files, gridPath));
}

function workerCommand(name: string): Command {
  return clusterCommand(name)
    .option('--plan <name>', 'the plan to run (default: the active one)')
    .option('--health-listen <host:port>', 'where to answer /healthz, /readyz and /metrics')
    .option('--name <name>', 'what the worker is called in reports (default: host and process id)');
}

/** `stagecoach windower` */
export function windowerCommand(): Command {
  return workerCommand('windower')
    .description('run a worker that turns fixes into windows')
    .action(async (flags: Record<string, unknown>) => {
      const kind = { role: 'windower', stage: 0 } as const;
      await runWorker('windower', kind, flags, async (options, { files }) => {
        const { startWindower } = await import('../producer/windower-runner.js');
        return startWindower(options, gridOf(files));
      });
    });
}

/** Says how a sub-model is computed; to whoever started the worker only where that is slow. */
function sayRoutes(
  { log, onNotice }: WorkerOptions,
  { from, to }: LayerRange,
  notNative: string | null,
): void {
  const layers = `${from}–${to - 1}`;
  if (notNative === null) {
    log.info({ layers }, 'sub-model loaded, all layers native');
    return;
  }
  const notice = `${notNative}, which is slower than a native layer`;
  log.warn({ layers }, `sub-model loaded: ${notice}`);
  onNotice(notice);
}

/** `stagecoach stage N` */
export function stageCommand(): Command {
  return workerCommand('stage')
    .description('run a worker of one stage: it runs one sub-model')
    .argument('<number>', 'which stage, 1 … K')
    .action(async (number: string, flags: Record<string, unknown>) => {
      const stage = Number(number);
      const kind = { role: 'stage', stage } as const;
      collectAllAtOnce();
      await runWorker(`stage-${number}`, kind, flags, async (options, { plan, files }, config) => {
        const { startStage } = await import('../stage/stage-runner.js');
        const { compileSubModel } = await import('../model/engine/sub-model.js');
        const { describeLayers } = await import('../model/network.js');
        const { layersByTfjs } = await import('../model/routes.js');
        const ranges = subModelRanges(plan.cuts, describeLayers(files).length);
        const stages = ranges.length;
        const range = ranges[stage - 1];
        if (range === undefined) {
          throw new ConfigError(
            `The plan ${plan.name} has the stages 1 to ${stages}, and stage "${number}" is asked for.`,
          );
        }
        const topK = stage === stages ? plan.topK : undefined;
        const model = await compileSubModel(files, { ...range, topK });
        sayRoutes(options, range, layersByTfjs(files, range));
        const { deviationFactor } = config;
        return startStage({ ...options, stage, stages, model, deviationFactor });
      });
    });
}

/** `stagecoach sink` */
export function sinkCommand(): Command {
  return workerCommand('sink')
    .description('run a worker that writes predictions')
    .action(async (flags: Record<string, unknown>) => {
      await runWorker('sink', { role: 'sink', stage: 0 }, flags, async (options, { files }) => {
        const { startSink } = await import('../sink/sink-runner.js');
        return startSink(options, gridOf(files));
      });
    });
}
