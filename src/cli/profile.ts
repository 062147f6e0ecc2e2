import { hostname } from 'node:os';
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Encoding } from '../wire/tensor.js';
import { collectAllAtOnce } from './garbage-collection.js';
import { clusterCommand, modelOption } from './global-options.js';

/** What `stagecoach profile` was asked for. */
export interface ProfileFlags {
  readonly out: string;
  readonly node: string;
  readonly encodings: readonly Encoding[];
  /** A profile file; the node's speed is relative to the node of that one. */
  readonly like?: string;
  readonly broker: boolean;
  readonly offer: boolean;
  readonly quick?: boolean;
}

const allEncodings = ['raw', 'f16', 'zstd', 'shuffle+zstd'] as const satisfies Encoding[];

function encodingList(text: string): Encoding[] {
  return text.split(',').map((name) => {
    const encoding = allEncodings.find((one) => one === name.trim());
    if (encoding !== undefined) return encoding;
    throw new InvalidArgumentError(`expected ${allEncodings.join(', ')}, found "${name}"`);
  });
}

/** `stagecoach profile` */
export function profileCommand(): Command {
  return clusterCommand('profile')
    .description('measure on this node what each layer, cut and hop takes, and offer the node')
    .addOption(modelOption())
    .option('--out <file>', 'where the profile is written', 'profile.json')
    .option('--node <name>', 'what the node is called', hostname())
    .addOption(
      new Option('--encodings <list>', 'of tensors, to be measured')
        .argParser(encodingList)
        .default(allEncodings, allEncodings.join(',')),
    )
    .option('--like <file>', "another node's profile: this node's speed is relative to it")
    .option('--no-broker', 'measure without a broker: hops cost what encoding and decoding do')
    .option('--no-offer', "don't send the node's offer to the control topic")
    .option('--quick', 'measure less: minutes become seconds, and figures less certain')
    .action(async (flags: ProfileFlags) => {
      collectAllAtOnce();
      // Loaded only now: TensorFlow takes 0.3 s, which no other command should pay.
      const { runProfile } = await import('./profile-run.js');
      await runProfile(flags);
    });
}
