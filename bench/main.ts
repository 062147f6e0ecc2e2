/**
 * Measures Stagecoach on this machine: `npm run bench -- NAME [--quick] [--out FOLDER]`.
 *
 * Each bench prints its tables and writes JSON and plots. A ratio in them is of figures of one run.
 */
import { join } from 'node:path';
import { Command } from 'commander';
import { projectDir } from '../src/project-dir.js';
import { publish, type Report } from './report/report.js';

/** A bench; `isQuick` asks for its whole way with little work on it. */
type Bench = (isQuick: boolean) => Promise<Report>;

/** Each is loaded when it is asked for: some load TensorFlow. */
const benches: Readonly<Record<string, { readonly about: string; load: () => Promise<Bench> }>> = {
  hop: {
    about: 'what it costs to take a record in and to send one on, by width and encoding',
    load: async () => (await import('./hop/hop.js')).hop,
  },
};

const program = new Command('bench').description(
  'measures Stagecoach on this machine; a ratio is of figures of one run',
);
for (const [name, { about, load }] of Object.entries(benches)) {
  program
    .command(name)
    .description(about)
    .option('--quick', 'under two minutes, and figures that say little')
    .option(
      '--out <folder>',
      'where the results are written; of a quick run bench/results/quick if not given',
    )
    .action(async ({ quick: isQuick = false, out }: { quick?: boolean; out?: string }) => {
      const run = await load();
      const results = join(projectDir(), 'bench', 'results');
      const report = await run(isQuick);
      await publish(report, out ?? (isQuick ? join(results, 'quick') : results));
    });
}
await program.parseAsync();
