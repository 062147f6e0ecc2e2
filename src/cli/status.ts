import { Option } from 'commander';
import type { Command } from 'commander';
import { clusterCommand } from './global-options.js';
import { discovered } from './planning-inputs.js';

/** What `stagecoach status` was asked for. */
export interface StatusFlags {
  readonly plan?: string;
  readonly json?: string;
  readonly watch?: boolean;
  readonly profile?: string;
  readonly nodes: string;
}

/** `stagecoach status` */
export function statusCommand(): Command {
  return clusterCommand('status')
    .description('show what the workers of a plan report, and how they do beside it')
    .option('--plan <name>', 'the plan to look at (default: the active one)')
    .option('--json <file>', 'write it there too')
    .option('--watch', 'look again every second until it is stopped')
    .option('--profile <file>', 'to tell what would help (default: the newest offer)')
    .addOption(
      new Option('--nodes <file>', 'what the nodes have, to tell what would help').default(
        discovered,
        'what they have offered',
      ),
    )
    .action(async (flags: StatusFlags) => {
      // Loaded only now: reading a network loads the engine, which no other command should pay.
      const { runStatus } = await import('./status-run.js');
      process.exitCode = await runStatus(flags);
    });
}
