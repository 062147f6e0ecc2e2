/**
 * Measures Stagecoach on this machine: `npm run bench -- NAME [--quick] [--out FOLDER]`.
 *
 * Each bench prints its tables and writes JSON and plots. A ratio in them is of figures of one run.
 */
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { projectDir } from '../src/project-dir.js';
import { publish, type Report } from './report/report.js';

/** A bench; `isQuick` asks for its whole way with little work on it. `options` are its own. */
type Bench = (isQuick: boolean, options: Readonly<Record<string, unknown>>) => Promise<Report>;

interface BenchEntry {
  readonly about: string;
  readonly options?: readonly Option[];
  /** It is loaded when it is asked for: some load TensorFlow. */
  readonly load: () => Promise<Bench>;
}

const benches: Readonly<Record<string, BenchEntry>> = {
  pipeline: {
    about: 'predictions per second beside the bare engine, and the latency at a light load',
    load: async () => (await import('./pipeline/pipeline.js')).run,
  },
  fencing: {
    about: 'what it costs that predictions are written once, by one sink',
    load: async () => (await import('./fencing.js')).run,
  },
  engine: {
    about: 'the engine beside others on one core, and the start of a stage',
    load: async () => (await import('./engine/engine.js')).engineBench,
  },
  seed: {
    about: 'the experiment of the project that this one grew from: sequential, and 2 to 6 nodes',
    load: async () => (await import('./seed.js')).seed,
  },
  hop: {
    about: 'what it costs to take a record in and to send one on, by width and encoding',
    load: async () => (await import('./hop/hop.js')).hop,
  },
  scale: {
    about: 'what more lanes, vehicles, width, depth and stages cost',
    load: async () => (await import('./scale/scale.js')).scale,
  },
  plan: {
    about: 'what the planner predicts beside what its plans do, on nodes under quotas',
    load: async () => (await import('./plan.js')).plan,
  },
  planner: {
    about: 'how long planning takes for a hundred layers and fifty nodes of five kinds',
    load: async () => (await import('./planner/planner.js')).planner,
  },
  training: {
    about: 'windows trained on per second of one core, beside LayersModel.fit of the same network',
    load: async () => (await import('./training/training.js')).training,
  },
  oracle: {
    about: 'how well the next cell of a simulated taxi can be told by who knows all but its way',
    options: [
      new Option('--legs <n>', 'legs of taxis that are judged (default: 4500)').argParser(Number),
      new Option('--worlds <n>', 'ways a leg might have been driven (default: 200)').argParser(
        Number,
      ),
    ],
    load: async () => (await import('./oracle/oracle.js')).oracle,
  },
  soak: {
    about: 'the whole pipeline for an hour at 80 % of its throughput: memory, latency, losses',
    options: [
      new Option('--minutes <n>', 'how long the load lasts (default: 60)').argParser(Number),
    ],
    load: async () => (await import('./soak/soak.js')).soak,
  },
};

const program = new Command('bench').description(
  'measures Stagecoach on this machine; a ratio is of figures of one run',
);
for (const [name, { about, options = [], load }] of Object.entries(benches)) {
  const command = program
    .command(name)
    .description(about)
    .option('--quick', 'under two minutes, and figures that say little')
    .option(
      '--out <folder>',
      'where the results are written; of a quick run bench/results/quick if not given',
    );
  for (const option of options) command.addOption(option);
  command.action(
    async ({
      quick: isQuick = false,
      out,
      ...own
    }: {
      quick?: boolean;
      out?: string;
    } & Record<string, unknown>) => {
      const run = await load();
      const results = join(projectDir(), 'bench', 'results');
      const report = await run(isQuick, own);
      await publish(report, out ?? (isQuick ? join(results, 'quick') : results));
    },
  );
}
await program.parseAsync();
