import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Grid } from '../../geo/grid.js';
import { defaultRules } from '../../geo/windows.js';
import { gridPath } from '../../model/model-files.js';
import { readCheckpoint, writeCheckpoint } from '../../model/training/checkpoint.js';
import { allItems, sampleItems } from '../../model/training/hits.js';
import { Trainer } from '../../model/training/trainer.js';
import { projectDir } from '../../project-dir.js';
import { fleetRuns, joinRuns } from './fleet-runs.js';
import { writeTrainedModel } from './training-result.js';
import { FleetView, TrainingView } from './training-view.js';
import type { NetworkShape } from '../../model/training/parameters.js';
import type { DrivenRuns } from '../../model/training/sequences.js';
import type { TrainerOptions, TrainingEnd } from '../../model/training/trainer.js';
import type { TrainFlags } from '../train.js';
import type { FleetRequest, FleetRuns, FleetSource } from './fleet-runs.js';

const hourMs = 3_600_000;
/** Monday, 2024-03-04, 00:00 in Daejeon. */
const mondayMs = Date.UTC(2024, 2, 3, 15);
/** Noon of the Friday and of the Friday after: a day from there is half weekday, half weekend. */
const validationStartMs = mondayMs + (4 * 24 + 12) * hourMs;
const testStartMs = validationStartMs + 7 * 24 * hourMs;
/** Predictions that a validation judges: top-1 is then known to half a percent. */
const validationItems = 8_192;
const warmUpSteps = 100;
const defaultMinutes = 60;

/** Everything that is known before training begins. */
export interface TrainingPlan {
  readonly flags: TrainFlags;
  readonly shape: NetworkShape;
  readonly grid: Grid;
  /** The grid as the model's folder has it, byte for byte: the digest covers it. */
  readonly gridFile: Buffer;
  readonly training: readonly FleetRuns[];
  readonly validation: FleetRuns;
  readonly test: FleetRuns;
  readonly trainingRuns: DrivenRuns;
}

async function makeData(flags: TrainFlags, cacheDir: string): Promise<TrainingPlan> {
  const gridFile = await readFile(join(flags.out, gridPath));
  const grid = Grid.parse(JSON.parse(gridFile.toString('utf8')));
  const view = new FleetView();
  const source: FleetSource = {
    grid,
    rules: defaultRules,
    cacheDir,
    onProgress: (seed, done) => view.update(seed, done),
  };
  const { seed, vehicles, days, fleets, testHours } = flags;
  const fleet = (purpose: string, fromMs: number, hours: number): FleetRequest => ({
    seed: `${purpose}-${seed}`,
    vehicles,
    fromMs,
    toMs: fromMs + hours * hourMs,
  });
  const training: FleetRuns[] = [];
  for (let number = 1; number <= fleets; number += 1) {
    training.push(await fleetRuns(fleet(`training-${number}`, mondayMs, 24 * days), source));
  }
  const validation = await fleetRuns(fleet('validation', validationStartMs, testHours), source);
  const test = await fleetRuns(fleet('test', testStartMs, testHours), source);
  const { steps } = defaultRules;
  const { units, dropout } = flags;
  return {
    flags,
    shape: { cells: grid.size + 1, units, depth: 7, steps, dropout },
    grid,
    gridFile,
    training,
    validation,
    test,
    trainingRuns: joinRuns(training.map(({ runs }) => runs)),
  };
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
 * Makes the fleets, trains, tests, and writes model and card to `flags.out`. Ctrl-C saves a
 * checkpoint and leaves the model that was there; `--resume` goes on from it.
 *
 * @param cacheDir keeps simulated fleets and checkpoints from run to run
 */
export async function runTraining(
  flags: TrainFlags,
  cacheDir = join(projectDir(), '.stagecoach', 'training'),
): Promise<void> {
  const plan = await makeData(flags, cacheDir);
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
