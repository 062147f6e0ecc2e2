import { basename, join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { projectDir } from '../project-dir.js';
import { extraInputNames } from './training/extra-inputs.js';
import { parseShares } from './training/vehicle-split.js';
import type { ExtraInputName } from './training/extra-inputs.js';
import type { Split } from './training/vehicle-split.js';

/** What `stagecoach train` was asked for. */
export interface TrainFlags {
  /** Folder that gets the model. */
  readonly out: string;
  /** City file; Daejeon's where it is left out. */
  readonly city?: string;
  /** File of fixes; without one fleets are simulated. */
  readonly fixes?: string;
  readonly split: Split['percent'];
  readonly splitSeed: number;
  readonly seed: number;
  readonly minutes?: number;
  readonly epochs?: number;
  readonly units: number;
  readonly dropout: number;
  /** Default 0. */
  readonly labelSmoothing?: number;
  /** Inputs beside the cells. Default: none. */
  readonly inputs?: readonly ExtraInputName[];
  readonly batch: number;
  readonly learningRate: number;
  readonly fleets: number;
  readonly vehicles: number;
  readonly days: number;
  readonly testHours: number;
  readonly validateEvery: number;
  readonly patience: number;
  readonly resume: boolean;
  /** Make the data, tell of it, and stop. */
  readonly dryRun?: boolean;
  /** What is tried: its validation goes to tried.json, and no model is written. */
  readonly try?: string;
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

function shares(text: string): Split['percent'] {
  const percent = parseShares(text);
  if (percent !== null) return percent;
  throw new InvalidArgumentError('Give three whole numbers of 100 together, such as 70/10/20.');
}

/** `cells,time` gives `time`: the cells are always among the inputs. */
function inputs(text: string): readonly ExtraInputName[] {
  const named = new Set(text.split(',').map((name) => name.trim()));
  const extras = extraInputNames.filter((name) => named.delete(name));
  if (named.delete('cells') && named.size === 0) return extras;
  throw new InvalidArgumentError(`Give cells, and any of ${extraInputNames.join(', ')}.`);
}

function fleetOption(flags: string, description: string, byDefault: number): Option {
  return new Option(flags, description).argParser(whole).default(byDefault).conflicts('fixes');
}

/** `models/NAME`, with the name of the city's file. */
function defaultOut(city = 'daejeon'): string {
  return join(projectDir(), 'models', basename(city, '.json'));
}

/** `stagecoach train`: makes a model from fixes of a file, or from simulated fleets. */
export function trainCommand(): Command {
  return new Command('train')
    .description(
      'train the reference network on recorded fixes or on simulated fleets, and write its model card',
    )
    .option('--city <file>', 'what the cells are (default: cities/daejeon.json)')
    .option('--fixes <file>', 'CSV with a header, or one JSON object a line, gzipped or not')
    .option('--out <dir>', 'folder that gets the model (default: models/ and the city file’s name)')
    .option('--seed <n>', 'decides fleets, first weights and order', whole, 1)
    .addOption(
      new Option('--split <shares>', 'per cent of vehicles to train, validate and test on')
        .argParser(shares)
        .default({ training: 70, validation: 10, test: 20 }, '70/10/20'),
    )
    .option('--split-seed <n>', 'decides which vehicle is in which part', whole, 1)
    .addOption(
      new Option('--minutes <n>', 'train for so long (default: 60)')
        .argParser(positive)
        .conflicts('epochs'),
    )
    .option('--epochs <n>', 'train for so many passes over the data', positive)
    .option('--units <n>', 'width of embedding and GRUs', whole, 128)
    .option('--dropout <share>', 'activations dropped while training', share, 0)
    .option('--label-smoothing <share>', 'of the probability, wanted spread over all cells', share)
    .option(
      '--inputs <names>',
      `cells, and with --try any of ${extraInputNames.join(', ')}`,
      inputs,
    )
    .option('--batch <n>', 'windows of a step', whole, 128)
    .option('--learning-rate <rate>', 'highest learning rate', positive, 3e-3)
    .addOption(fleetOption('--fleets <n>', 'training fleets', 2))
    .addOption(fleetOption('--vehicles <n>', 'taxis of each fleet', 400))
    .addOption(fleetOption('--days <n>', 'simulated days of each training fleet', 7))
    .addOption(
      fleetOption('--test-hours <n>', 'simulated hours of the validation and the test fleet', 24),
    )
    .option('--validate-every <steps>', 'steps between two validations and checkpoints', whole, 500)
    .option('--patience <n>', 'stop after so many validations without a new best', whole, 30)
    .option('--resume', 'go on from the checkpoint of a run with the same options', false)
    .option('--try <what>', 'add what its validation gives to tried.json, and write no model')
    .option('--dry-run', 'make the data, say what it is like, and stop', false)
    .action(async (flags: Omit<TrainFlags, 'out'> & { readonly out?: string }) => {
      // Loaded only now: TensorFlow takes 0.3 s, which no other command should pay.
      const { runTraining } = await import('./training/train-run.js');
      await runTraining({ ...flags, out: flags.out ?? defaultOut(flags.city) });
    });
}
