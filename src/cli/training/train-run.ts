import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultRules } from '../../geo/windows.js';
import { readCheckpoint, writeCheckpoint } from '../../model/training/checkpoint.js';
import { allItems, sampleItems } from '../../model/training/hits.js';
import { Trainer } from '../../model/training/trainer.js';
import { projectDir } from '../../project-dir.js';
import { makeTrainingData } from './training-data.js';
import { writeTrainedModel } from './training-result.js';
import { TrainingView } from './training-view.js';
import type { NetworkShape } from '../../model/training/parameters.js';
import type { TrainerOptions, TrainingEnd } from '../../model/training/trainer.js';
import type { TrainFlags } from '../train.js';
import type { TrainingData } from './training-data.js';

/** Predictions that a validation judges: top-1 is then known to half a percent. */
const validationItems = 8_192;
const warmUpSteps = 100;
const defaultMinutes = 60;

/** Everything that is known before training begins. */
export interface TrainingPlan extends TrainingData {
  readonly flags: TrainFlags;
  readonly shape: NetworkShape;
}

function planOf(flags: TrainFlags, data: TrainingData): TrainingPlan {
  const { steps } = defaultRules;
  const { units, dropout } = flags;
  return { ...data, flags, shape: { cells: data.grid.size + 1, units, depth: 7, steps, dropout } };
}

/** What must be the same for a checkpoint to be of this training: all but how long it lasts. */
function identityOf({ flags, shape, trainingRuns }: TrainingPlan): string {
  const data = createHash('sha256').update(trainingRuns.cells).update(trainingRuns.starts);
  const { seed, batch, learningRate } = flags;
  const what = { ...shape, seed, batch, learningRate, data: data.digest('hex').slice(0, 16) };
  return JSON.stringify(what);
}

function trainerOptions(plan: TrainingPlan): TrainerOptions {
  const { flags, shape } = plan;
  const { epochs, minutes = defaultMinutes } = flags;
  return {
    shape,
    schedule: { peak: flags.learningRate, warmUpSteps },
    batch: flags.batch,
    seed: flags.seed,
    budget: epochs === undefined ? { trainingMs: minutes * 60_000 } : { epochs },
    validateEverySteps: flags.validateEvery,
    patience: flags.patience,
    identity: identityOf(plan),
  };
}

async function runTrainer(
  trainer: Trainer,
  checkpointPath: string,
  batch: number,
): Promise<TrainingEnd> {
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  const view = new TrainingView(batch);
  try {
    return await trainer.run(
      {
        onStep: (status) => view.update(status),
        onCheckpoint: (checkpoint) => writeCheckpoint(checkpointPath, checkpoint),
      },
      stop.signal,
    );
  } finally {
    view.stop();
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

/**
 * Makes the data, trains, tests, and writes model and card to `flags.out`. Ctrl-C saves a
 * checkpoint and leaves the model that was there; `--resume` goes on from it.
 *
 * @param cacheDir keeps data and checkpoints from run to run
 */
export async function runTraining(
  flags: TrainFlags,
  cacheDir = join(projectDir(), '.stagecoach', 'training'),
): Promise<void> {
  const data = await makeTrainingData(flags, cacheDir);
  if (flags.dryRun === true) return;
  const plan = planOf(flags, data);
  const options = trainerOptions(plan);
  const name = createHash('sha256').update(options.identity).digest('hex').slice(0, 16);
  const checkpointPath = join(cacheDir, `${name}.checkpoint`);
  const trainer = new Trainer(
    options,
    plan.trainingRuns,
    sampleItems(allItems(plan.validation.runs), validationItems, flags.seed),
  );
  try {
    if (flags.resume && existsSync(checkpointPath)) {
      trainer.resume(await readCheckpoint(checkpointPath));
    }
    const end = await runTrainer(trainer, checkpointPath, flags.batch);
    if (end === 'stopped') {
      console.log(`Stopped after step ${trainer.progress.step}; --resume goes on from there.`);
      process.exitCode = 130;
      return;
    }
    await writeTrainedModel(plan, options, trainer, end);
    await rm(checkpointPath);
  } finally {
    trainer.dispose();
  }
}
