import { groupOf, stageTopic } from '../broker/topics.js';
import {
  connectWorker,
  workOnLanes,
  type RunningWorker,
  type WorkerEnvironment,
  type WorkerOptions,
} from '../broker/worker-environment.js';
import type { WorkerHealth } from '../broker/worker-health.js';
import { timed } from '../broker/worker-meter.js';
import { PaceWindow, type StagePace } from '../partition/stage-pace.js';
import type { TensorBatch } from '../wire/tensor-batch.js';
import { MicroBatcher } from './micro-batcher.js';
import { maxItemsPerRun, openStageLane, type StagePosition } from './stage-lane.js';
import { StageLogic, type RowModel, type StageResult } from './stage-logic.js';

const maxRecordsPerTake = 64;
const maxQueuedBytes = 4 * 1024 * 1024;
const commitEveryMs = 1_000;

/** Which sub-model a stage runs. */
export interface StageOptions extends WorkerOptions, StagePosition {
  readonly model: RowModel;
  /** Computing that takes more than this many times the planned time is told of. Over 1. */
  readonly deviationFactor: number;
}

/** Starts a worker that runs one sub-model over the batches of its lanes. */
export async function startStage(options: StageOptions): Promise<RunningWorker> {
  const { stage, plan, deviationFactor } = options;
  const env = await connectWorker(options, { role: 'stage', stage });
  const logic = new StageLogic(stage, options.model);
  const window = new PaceWindow(plan.stages[stage - 1]?.computeMs ?? 0, deviationFactor);
  const batcher = new MicroBatcher<StageResult>(maxItemsPerRun, (batches) =>
    timed(
      () => logic.run(batches),
      (ms) => meterRun(env, window, batches, ms),
    ),
  );
  const worker = await workOnLanes(env, {
    groupId: groupOf(plan, `stage-${stage}`),
    topic: stageTopic(plan.pipeline, plan.name, stage),
    maxQueuedBytes,
    maxRecordsPerTake,
    committedOnly: false,
    commitEveryMs,
    open: (context) => openStageLane(env, options, batcher, context),
  });
  return {
    stop: () => worker.stop(),
    health: () => ({ ...worker.health(), ...toldOf(window.pace) }),
  };
}

function toldOf(pace: StagePace): Pick<WorkerHealth, 'computeOverPlan' | 'isSlowerThanPlanned'> {
  return {
    computeOverPlan: pace.state === 'unknown' ? null : pace.ratio,
    isSlowerThanPlanned: pace.state === 'slower',
  };
}

function meterRun(
  env: WorkerEnvironment,
  window: PaceWindow,
  batches: readonly TensorBatch[],
  ms: number,
): void {
  const items = batches.reduce((sum, batch) => sum + batch.items.length, 0);
  if (items === 0) return;
  env.meter.inference(items, ms);
  if (!window.take(items, ms)) return;
  const { pace } = window;
  const ratio = pace.state === 'unknown' ? '' : `${pace.ratio.toFixed(1)}× `;
  const notice = `its sub-model is ${ratio}slower than planned: "stagecoach status" tells what would help`;
  env.log.warn(notice);
  env.onNotice(notice);
}
