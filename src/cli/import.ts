import { Command } from 'commander';

/** What `stagecoach import` was asked for. */
export interface ImportFlags {
  /** Folder that gets the model. */
  readonly out: string;
  /** File with the grid of cells that the network's ids refer to. */
  readonly grid?: string;
}

/** `stagecoach import`: makes a model folder of what Keras or tfjs-layers has saved. */
export function importCommand(): Command {
  return new Command('import')
    .description('make a model folder of a Keras file (.keras, .h5) or of a tfjs-layers model')
    .argument('<source>', 'the file; of a tfjs-layers model, model.json or its folder')
    .requiredOption('--out <dir>', 'folder that gets model.json, weights.bin and grid.json')
    .option('--grid <file>', 'grid.json of the cells that the ids of the network stand for')
    .action(async (source: string, flags: ImportFlags) => {
      // Loaded only now: TensorFlow takes 0.3 s, which no other command should pay.
      const { runImport } = await import('./import-run.js');
      await runImport(source, flags);
    });
}
