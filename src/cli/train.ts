import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { projectDir } from '../project-dir.js';

/** What `stagecoach train` was asked for. */
export interface TrainFlags {
  /** Folder with `grid.json` that gets the model. */
  readonly out: string;
  readonly seed: number;
  readonly minutes?: number;
  readonly epochs?: number;
  readonly units: number;
  readonly dropout: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly fleets: number;
  readonly vehicles: number;
  readonly days: number;
  readonly testHours: number;
  readonly validateEvery: number;
  readonly patience: number;
  readonly resume: boolean;
}

function positive(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0) {
    throw new InvalidArgumentError('Give a number above 0.');
  }
  return value;
}

function whole(text: string): number {
  const value = positive(text);
  if (!Number.isInteger(value)) throw new InvalidArgumentError('Give a whole number above 0.');
  return value;
}

function share(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value < 1)) {
    throw new InvalidArgumentError('Give a number from 0 to below 1.');
  }
  return value;
}

/** `stagecoach train`: makes a model from simulated fleets. */
export function trainCommand(): Command {
  return new Command('train')
    .description('train the reference network on simulated fleets, and write its model card')
    .option(
      '--out <dir>',
      'folder that holds grid.json and gets model and card',
      join(projectDir(), 'models', 'daejeon'),
    )
    .option('--seed <n>', 'decides fleets, first weights and order', whole, 1)
    .addOption(
      new Option('--minutes <n>', 'train for so long (default: 60)')
        .argParser(positive)
        .conflicts('epochs'),
    )
    .option('--epochs <n>', 'train for so many passes over the data', positive)
    .option('--units <n>', 'width of embedding and GRUs', whole, 128)
    .option('--dropout <share>', 'activations dropped while training', share, 0)
    .option('--batch <n>', 'windows of a step', whole, 128)
    .option('--learning-rate <rate>', 'highest learning rate', positive, 3e-3)
    .option('--fleets <n>', 'training fleets', whole, 2)
    .option('--vehicles <n>', 'taxis of each fleet', whole, 400)
    .option('--days <n>', 'simulated days of each training fleet', whole, 7)
    .option('--test-hours <n>', 'simulated hours of the validation and the test fleet', whole, 24)
    .option('--validate-every <steps>', 'steps between two validations and checkpoints', whole, 500)
    .option('--patience <n>', 'stop after so many validations without a new best', whole, 30)
    .option('--resume', 'go on from the checkpoint of a run with the same options', false)
    .action(async (flags: TrainFlags) => {
      // Loaded only now: TensorFlow takes 0.3 s, which no other command should pay.
      const { runTraining } = await import('./training/train-run.js');
      await runTraining(flags);
    });
}
