import { Command, Option } from 'commander';
import { modelFolder, wholeNumber } from './global-options.js';

/** Fleets drawn for 95 % intervals: their ends are then known to a tenth of their width. */
export const defaultReplicates = 1_000;

/** What `stagecoach evaluate` was asked for. */
export interface EvaluateFlags {
  /** The model's folder. */
  readonly model: string;
  /** Of a model of recorded fixes: their file, and the city's, where it is not in `cities/`. */
  readonly fixes?: string;
  readonly city?: string;
  /** Fleets drawn for the intervals. */
  readonly replicates: number;
}

/** `stagecoach evaluate`: judges a trained model again. */
export function evaluateCommand(): Command {
  return new Command('evaluate')
    .description(
      'test a trained model again on the data that its card names, and write its card anew',
    )
    .option('--model <dir>', 'the model’s folder', modelFolder({}))
    .option('--fixes <file>', 'the fixes that it learned from, if they were recorded')
    .option('--city <file>', 'their city’s file (default: the one of that name in cities/)')
    .addOption(
      new Option('--replicates <n>', 'fleets drawn for the 95 % intervals')
        .argParser(wholeNumber(100))
        .default(defaultReplicates),
    )
    .action(async (flags: EvaluateFlags) => {
      // Loaded only now: TensorFlow takes 0.3 s, which no other command should pay.
      const { runEvaluation } = await import('./training/evaluate-run.js');
      await runEvaluation(flags);
    });
}
