/**
 * The whole pipeline beside the bare engine: predictions per second of `stagecoach up`, broker, fleet
 * and display included, as a share of what the same cores compute without Kafka; and the latency from
 * fix to prediction at a steady, light load. The bare engine runs the uncut network in a process for
 * each core, right before and after each run.
 */
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Summary } from '../src/observe/summary.js';
import { projectDir } from '../src/project-dir.js';
import type { Cell, Report } from './report/report.js';

/** A pipeline to be measured. */
interface Shape {
  readonly stages: number;
  readonly replicas: number;
}

const cores = cpus().length;
const shapes: readonly Shape[] = [
  { stages: 1, replicas: 1 },
  { stages: 1, replicas: cores },
  { stages: 2, replicas: 1 },
  { stages: 3, replicas: 1 },
  { stages: 3, replicas: 2 },
];
/** Fixes a second of the light load, about three of which make a prediction. */
const lightRate = 200;

/** `npm run bench -- pipeline` */
export async function run(isQuick: boolean): Promise<Report> {
  const predictions = isQuick ? 600 : 40_000;
  const rows: Record<string, Cell>[] = [];
  for (const shape of isQuick ? shapes.slice(2, 3) : shapes) {
    const before = await bareRate(isQuick);
    const { ratePerS, identicalToUncut } = await up(shape, predictions);
    const bare = (before + (await bareRate(isQuick))) / 2;
    rows.push({
      ...shape,
      'predictions/s': ratePerS,
      'bare engine, items/s': bare,
      ratio: ratePerS / bare,
      'as the uncut model': identicalToUncut === true ? 'yes' : 'no',
    });
  }
  const light = await up({ stages: 3, replicas: 1 }, isQuick ? 150 : 4_000, lightRate);
  return {
    name: 'pipeline',
    title: 'The pipeline beside the bare engine',
    isQuick,
    tables: [
      {
        title: `Throughput, ${predictions} predictions a run`,
        columns: Object.keys(rows[0] ?? {}),
        rows,
      },
      {
        title: `Latency from fix to prediction at ${lightRate} fixes/s, 3 stages`,
        columns: ['predictions', 'p50 ms', 'p99 ms'],
        rows: [
          {
            predictions: light.predictions,
            'p50 ms': light.latencyP50Ms,
            'p99 ms': light.latencyP99Ms,
          },
        ],
      },
      {
        title: 'Memory at that load',
        columns: ['process', 'MB'],
        rows: light.processes.map(({ worker, maxRssBytes }) => {
          return { process: worker, MB: maxRssBytes / 1e6 };
        }),
      },
    ],
    plots: [
      {
        name: 'throughput',
        title: 'Predictions per second, as a share of the bare engine’s',
        kind: 'bars',
        xTitle: 'stages × workers of each',
        yTitle: 'share',
        points: rows.map(({ stages, replicas, ratio }) => {
          return { series: 'ratio', x: `${stages} × ${replicas}`, y: Number(ratio) };
        }),
      },
    ],
    notes: [
      `The bare engine: the uncut network at 128 items a batch, in ${cores} processes at once, one for each core.`,
    ],
  };
}

/** Items per second of all cores together. */
async function bareRate(isQuick: boolean): Promise<number> {
  const seconds = isQuick ? 0.5 : 4;
  const rates = await Promise.all(
    Array.from({ length: cores }, async () => {
      const child = fork(join(import.meta.dirname, 'bare-engine.js'), [String(seconds)]);
      const [rate] = (await once(child, 'message')) as [number];
      await once(child, 'exit');
      return rate;
    }),
  );
  return rates.reduce((sum, rate) => sum + rate, 0);
}

/** Runs `stagecoach up` to its end. */
async function up(shape: Shape, predictions: number, rate?: number): Promise<Summary> {
  const folder = await mkdtemp(join(tmpdir(), 'stagecoach-bench-'));
  const file = join(folder, 'summary.json');
  const { stages, replicas } = shape;
  const args = [
    ...['up', '--pipeline', `bench-${process.pid}-${stages}-${replicas}`],
    ...['--stages', String(stages), '--replicas', String(replicas)],
    ...['--predictions', String(predictions), '--json', file],
    ...(rate === undefined ? [] : ['--rate', String(rate)]),
  ];
  try {
    const child = spawn(process.execPath, [join(projectDir(), 'dist/src/cli/main.js'), ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    child.stdout.on('data', (text) => (printed += String(text)));
    const [code] = (await once(child, 'exit')) as [number | null];
    if (code !== 0) throw new Error(`stagecoach ${args.join(' ')} ended with ${code}:\n${printed}`);
    return JSON.parse(await readFile(file, 'utf8')) as Summary;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
