import { InvalidArgumentError, Option, type Command } from 'commander';
import { ConfigError } from '../errors.js';
import { Grid } from '../geo/grid.js';
import { fileOf, gridPath, type ModelFiles } from '../model/model-files.js';
import { fleetDrivesIn } from '../producer/feeds/fleet/fleet-area.js';
import type { Pace } from '../producer/pace.js';
import { wholeNumber } from './global-options.js';

/** Fixes that may wait: a few seconds' work, so that no stage runs dry and latency stays bounded. */
const defaultMaxBacklog = 16_000;

/** The options of a replayed fleet. */
export interface FleetFlags {
  readonly seed: number;
  readonly vehicles: number;
  readonly prefix?: string;
  readonly rate?: number;
  readonly speed?: number;
  readonly maxBacklog: number;
}

/** Adds the options of a fleet to a command that replays one. */
export function addFleetOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--seed <n>', 'the same seed gives the same fleet')
        .argParser(wholeNumber(0))
        .default(1),
    )
    .addOption(
      new Option('--vehicles <n>', 'taxis in the fleet').argParser(wholeNumber(1)).default(400),
    )
    .option('--prefix <text>', 'begins the vehicles’ ids')
    .addOption(
      new Option('--rate <n>', 'fixes a second (default: as fast as the pipeline takes them)')
        .argParser(positive)
        .conflicts('speed'),
    )
    .addOption(
      new Option('--speed <factor>', 'event time runs this many times as fast as the clock')
        .argParser(positive)
        .conflicts('rate'),
    )
    .addOption(
      new Option('--max-backlog <n>', 'fixes that may wait in the pipeline before the fleet does')
        .argParser(wholeNumber(1))
        .default(defaultMaxBacklog),
    );
}

/**
 * Passes if the fleet drives where a model's cells are.
 * @throws {ConfigError} CONFIG where it does not
 */
export function checkFleetDrivesIn(files: ModelFiles): void {
  const grid = Grid.read(fileOf(files, gridPath));
  if (fleetDrivesIn(grid)) return;
  throw new ConfigError(
    `The simulated fleet drives in Daejeon, and the model's grid ${grid.name} is elsewhere: run "stagecoach up --no-fleet" with this model, and send fixes of its city by "stagecoach feed FILE".`,
  );
}

/** How fast these options want the fleet to be. */
export function paceOf({ rate, speed }: FleetFlags): Pace {
  if (rate !== undefined) return { kind: 'rate', fixesPerS: rate };
  if (speed !== undefined) return { kind: 'speed', factor: speed };
  return { kind: 'max' };
}

/** The options again, for the process that replays the fleet. */
export function fleetArguments(flags: FleetFlags): string[] {
  return [
    ['--seed', flags.seed],
    ['--vehicles', flags.vehicles],
    ['--prefix', flags.prefix],
    ['--rate', flags.rate],
    ['--speed', flags.speed],
    ['--max-backlog', flags.maxBacklog],
  ].flatMap(([name, value]) => (value === undefined ? [] : [String(name), String(value)]));
}

function positive(text: string): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError(`expected a number above 0, found "${text}"`);
}
