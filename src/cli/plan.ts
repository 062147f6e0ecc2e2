import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Goal } from '../partition/planner/plan-request.js';
import type { Encoding } from '../wire/tensor.js';
import { clusterCommand, modelOption, wholeNumber } from './global-options.js';
import { discovered } from './planning-inputs.js';

/** What `stagecoach plan` was asked for. */
export interface PlanFlags {
  /** A nodes file, or `discovered`. */
  readonly nodes: string;
  readonly profile?: string;
  readonly goal: Goal;
  readonly rate?: number;
  readonly encoding: Encoding;
  readonly strategy: 'optimal' | 'even' | 'manual';
  readonly cuts?: readonly number[];
  readonly measured?: boolean;
  readonly apply?: boolean;
  readonly json?: string;
  readonly svg?: string;
}

const goals = ['throughput', 'latency', 'nodes', 'energy'] as const satisfies Goal[];
const encodings = ['raw', 'f16', 'zstd', 'shuffle+zstd'] as const satisfies Encoding[];

/** `stagecoach plan` */
export function planCommand(): Command {
  return clusterCommand('plan')
    .description('say how many nodes to use, where to cut, what that will do, and when not to cut')
    .addOption(
      new Option('--nodes <file>', 'JSON array of nodes, or "discovered"').default(
        discovered,
        'those that have offered themselves',
      ),
    )
    .option('--profile <file>', 'what "stagecoach profile" has written (default: the newest offer)')
    .addOption(
      new Option('--goal <goal>', 'what the plan is to be best at')
        .choices(goals)
        .default('throughput'),
    )
    .addOption(
      new Option('--rate <n>', 'items a second that it must keep up with').argParser(positive),
    )
    .addOption(
      new Option('--encoding <encoding>', 'of the tensors that cross the cuts')
        .choices(encodings)
        .default('raw'),
    )
    .addOption(
      new Option('--strategy <strategy>', 'who decides on the cuts')
        .choices(['optimal', 'even', 'manual'])
        .default('optimal'),
    )
    .addOption(
      new Option('--cuts <list>', 'first layers of sub-models 2, 3, …, such as 7,14')
        .argParser((text) => text.split(',').map(wholeNumber(1)))
        .implies({ strategy: 'manual' }),
    )
    .option('--measured', 'plan by what the workers of the active plan report')
    .option('--json <file>', 'write the plan there, for "stagecoach up --plan-file"')
    .option('--svg <file>', 'draw the plan there')
    .option('--apply', 'make it the active plan')
    .addOption(modelOption('with --apply: folder with model.json and grid.json'))
    .action(async (flags: PlanFlags) => {
      const { runPlan } = await import('./plan-run.js');
      await runPlan(flags);
    });
}

function positive(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError(`expected a number above 0, found "${text}"`);
}
