import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '../../errors.js';
import { defaultRules } from '../../geo/windows.js';
import { readCheckpoint, writeCheckpoint } from '../../model/training/checkpoint.js';
import { allItems, sampleItems } from '../../model/training/hits.js';
import { Trainer } from '../../model/training/trainer.js';
import { projectDir } from '../../project-dir.js';
import { extraInput, withExtraInputs } from './extra-inputs.js';
import { makeTrainingData } from './training-data.js';
import { commandOf, writeTrainedModel } from './training-result.js';
import { TrainingView } from './training-view.js';
import { addTried } from './tried.js';
import type { NetworkShape } from '../../model/training/parameters.js';
import type { DrivenRuns } from '../../model/training/sequences.js';
import type { TrainerOptions, TrainingEnd } from '../../model/training/trainer.js';
import type { TrainFlags } from '../train.js';
import type { TrainingData } from './training-data.js';

/** Predictions that a validation judges: top-1 is then known to half a percent. */
const validationItems = 8_192;
/** Those that an experiment is judged on at its end: top-1 to a fifth of a percent. */
const triedItems = 65_536;
const warmUpSteps = 100;
const defaultMinutes = 60;

/** Everything that is known before training begins. */
export interface TrainingPlan extends TrainingData {
  readonly flags: TrainFlags;
  readonly shape: NetworkShape;
}

function planOf(flags: TrainFlags, data: TrainingData): TrainingPlan {
  const { steps } = defaultRules;
  const { units, dropout, inputs = [] } = flags;
  const shape = { cells: data.grid.size + 1, units, depth: 7, steps, dropout };
  if (inputs.length === 0) return { ...data, flags, shape };
  const withInputs = (runs: DrivenRuns): DrivenRuns => withExtraInputs(runs, inputs, data.timeZone);
  return {
    ...data,
    trainingRuns: withInputs(data.trainingRuns),
    validation: { runs: withInputs(data.validation.runs) },
    flags,
    shape: { ...shape, extras: inputs.map(extraInput) },
  };
}

/** @throws {ConfigError} CONFIG where the pipeline could not run the model that is asked for */
function requireRunnable({ inputs = [], try: tried }: TrainFlags): void {
  if (inputs.length === 0 || tried !== undefined) return;
  throw new ConfigError(
    `A model that takes ${inputs.join(', ')} beside the cells can't be run: the windower makes windows of cells only. Train with --inputs cells, or say with --try what is tried, to get its validation and no model.`,
  );
}

/** What must be the same for a checkpoint to be of this training: all but how long it lasts. */
function identityOf({ flags, shape, trainingRuns }: TrainingPlan): string {
  const data = createHash('sha256').update(trainingRuns.cells).update(trainingRuns.starts);
  const { seed, batch, learningRate, labelSmoothing } = flags;
  const what = {
    ...shape,
    seed,
    batch,
    learningRate,
    labelSmoothing,
    data: data.digest('hex').slice(0, 16),
  };
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
    labelSmoothing: flags.labelSmoothing ?? 0,
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

async function writeTried(plan: TrainingPlan, trainer: Trainer, end: string): Promise<void> {
  const { flags, validation } = plan;
  const items = sampleItems(allItems(validation.runs), triedItems, flags.seed);
  const rates = trainer.judgeBest(items);
  await addTried(flags.out, {
    what: flags.try ?? '',
    validationTop1: rates.top1,
    validationTop3: rates.top3,
    validationTop5: rates.top5,
    items: rates.items,
    steps: trainer.progress.step,
    seconds: Math.round(trainer.progress.trainedMs / 1000),
    end,
    command: commandOf(flags),
  });
  console.log(`Validation top-1 ${(100 * rates.top1).toFixed(2)} % of ${rates.items} items.`);
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
  requireRunnable(flags);
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
    if (flags.try === undefined) await writeTrainedModel(plan, options, trainer, end);
    else await writeTried(plan, trainer, end);
    await rm(checkpointPath);
  } finally {
    trainer.dispose();
  }
}
