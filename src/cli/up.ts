import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { namesBrokers } from '../config.js';
import { ConfigError } from '../errors.js';
import { projectDir } from '../project-dir.js';
import { addFleetOptions, type FleetFlags } from './fleet-options.js';
import {
  clusterCommand,
  commandContext,
  configSources,
  modelOption,
  wholeNumber,
} from './global-options.js';

/** What `stagecoach up` was asked for. */
export interface UpFlags extends FleetFlags {
  readonly stages: number;
  /** Workers of each stage. */
  readonly replicas: number;
  readonly cuts?: readonly number[];
  /** What `stagecoach plan --json` has written: cuts, workers, encoding and predictions. */
  readonly planFile?: string;
  readonly predictions?: number;
  readonly json?: string;
  readonly fleet: boolean;
  readonly newPlan?: boolean;
}

/** `stagecoach up` */
export function upCommand(): Command {
  const command = clusterCommand('up')
    .description('run the whole pipeline on this machine and show it')
    .addOption(
      new Option('--stages <n>', 'cut the network into this many sub-models')
        .argParser(wholeNumber(1))
        .default(3),
    )
    .addOption(
      new Option('--cuts <list>', 'first layers of sub-models 2, 3, …, such as 7,14')
        .argParser((text) => text.split(',').map(wholeNumber(1)))
        .conflicts('stages'),
    )
    .addOption(
      new Option('--replicas <n>', 'workers of each stage, which share its lanes')
        .argParser(wholeNumber(1))
        .default(1),
    )
    .addOption(
      new Option('--plan-file <file>', 'run what "stagecoach plan --json" has chosen').conflicts([
        'stages',
        'cuts',
        'replicas',
      ]),
    )
    .addOption(modelOption())
    .addOption(new Option('--predictions <n>', 'stop after this many').argParser(wholeNumber(1)))
    .option('--json <file>', 'write the summary there too, as one JSON object')
    .option('--new-plan', 'begin a new plan, even where the active one would do')
    .option('--no-fleet', 'replay no fleet: wait for a feed of your own');
  return addFleetOptions(command).action(async (flags: UpFlags) => {
    const isLocal = startLocalBrokerIfNoneIsNamed(flags);
    const { runUp } = await import('./up-run.js');
    process.exitCode = await runUp(commandContext('up', { ...flags }), flags);
    if (isLocal) process.stdout.write('\n The broker goes on: npm run broker:stop ends it.\n');
  });
}

/**
 * Runs the project's own broker script, which prints what is missing where it can't.
 *
 * @returns whether the local broker is the one to use
 */
function startLocalBrokerIfNoneIsNamed(flags: UpFlags): boolean {
  if (namesBrokers(configSources({ ...flags }))) return false;
  const script = join(projectDir(), 'infra', 'broker.mjs');
  const { status } = spawnSync(process.execPath, [script, 'start'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status === 0) return true;
  throw new ConfigError(
    'The local broker did not start (see above). Mend that, or set KAFKA_BROKERS=host:port,… to use a cluster.',
  );
}
