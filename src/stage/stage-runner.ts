import { groupOf, stageTopic } from '../broker/topics.js';
import {
  connectWorker,
  workOnLanes,
  type RunningWorker,
  type WorkerEnvironment,
  type WorkerOptions,
} from '../broker/worker-environment.js';
import { timed } from '../broker/worker-meter.js';
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
}

/** Starts a worker that runs one sub-model over the batches of its lanes. */
export async function startStage(options: StageOptions): Promise<RunningWorker> {
  const { stage, plan } = options;
  const env = await connectWorker(options, { role: 'stage', stage });
  const logic = new StageLogic(stage, options.model);
  const batcher = new MicroBatcher<StageResult>(maxItemsPerRun, (batches) =>
    timed(
      () => logic.run(batches),
      (ms) => meterRun(env, batches, ms),
    ),
  );
  return workOnLanes(env, {
    groupId: groupOf(plan, `stage-${stage}`),
    topic: stageTopic(plan.pipeline, plan.name, stage),
    maxQueuedBytes,
    maxRecordsPerTake,
    committedOnly: false,
    commitEveryMs,
    open: (context) => openStageLane(env, options, batcher, context),
  });
}

function meterRun(env: WorkerEnvironment, batches: readonly TensorBatch[], ms: number): void {
  const items = batches.reduce((sum, batch) => sum + batch.items.length, 0);
  if (items > 0) env.meter.inference(items, ms);
}
