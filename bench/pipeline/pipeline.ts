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
import { connected } from '../../src/broker/connect.js';
import { createKafka } from '../../src/broker/kafka-client.js';
import { createLogger } from '../../src/log.js';
import type { Summary } from '../../src/observe/summary.js';
import { projectDir } from '../../src/project-dir.js';
import { runningBrokers } from '../broker/running-brokers.js';
import type { Cell, Report } from '../report/report.js';
import { CpuAccount } from './cpu-account.js';

/** A pipeline to be measured. */
interface Shape {
  readonly stages: number;
  readonly replicas: number;
}

/** Begins the names of all that it makes. */
const prefix = `bench-pipeline-${process.pid}`;
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
  const predictions = isQuick ? 600 : 60_000;
  const brokers = await runningBrokers();
  const rows: Record<string, Cell>[] = [];
  const cpuRows: Record<string, Cell>[] = [];
  for (const shape of isQuick ? shapes.slice(2, 3) : shapes) {
    const before = await bareRate(isQuick);
    const { summary, cpu } = await up(brokers, shape, predictions);
    const { ratePerS, identicalToUncut } = summary;
    cpuRows.push({ ...shape, ...cpu });
    const bare = (before + (await bareRate(isQuick))) / 2;
    rows.push({
      ...shape,
      'predictions/s': ratePerS,
      'bare engine, items/s': bare,
      ratio: ratePerS / bare,
      'as the uncut model': identicalToUncut === true ? 'yes' : 'no',
    });
  }
  const shape = { stages: 3, replicas: 1 };
  const { summary: light } = await up(brokers, shape, isQuick ? 150 : 5_000, lightRate);
  await removeTopics(brokers);
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
        title: 'Processor time of one prediction, µs',
        columns: ['stages', 'replicas', ...Object.keys(kinds), 'all'],
        rows: cpuRows,
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

/** Which of a run's processes are counted together. */
const kinds: Readonly<Record<string, (worker: string) => boolean>> = {
  'stage 1': (worker) => worker.startsWith('stage-1'),
  'stage 2': (worker) => worker.startsWith('stage-2'),
  'stage 3': (worker) => worker.startsWith('stage-3'),
  windower: (worker) => worker.startsWith('windower'),
  sink: (worker) => worker.startsWith('sink'),
  fleet: (worker) => worker.startsWith('fleet'),
  broker: (worker) => worker === 'broker',
  display: (worker) => worker === 'up',
};

/** Runs `stagecoach up` to its end. */
async function up(
  brokers: readonly string[],
  { stages, replicas }: Shape,
  predictions: number,
  rate?: number,
): Promise<{ readonly summary: Summary; readonly cpu: Record<string, Cell> }> {
  const folder = await mkdtemp(join(tmpdir(), 'stagecoach-bench-'));
  const file = join(folder, 'summary.json');
  const args = [
    ...['up', '--brokers', brokers.join(), '--json', file],
    ...['--pipeline', `${prefix}-${stages}-${replicas}-${rate ?? 'full'}`],
    ...['--stages', String(stages), '--replicas', String(replicas)],
    ...['--predictions', String(predictions)],
    ...(rate === undefined ? [] : ['--rate', String(rate)]),
  ];
  const child = spawn(process.execPath, [join(projectDir(), 'dist/src/cli/main.js'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // Windower, sink and fleet beside the stages' workers.
  const account = await CpuAccount.begin(child.pid ?? 0, stages * replicas + 3, brokers[0] ?? '');
  try {
    let printed = '';
    child.stdout.on('data', (text) => (printed += String(text)));
    const [code] = (await once(child, 'exit')) as [number | null];
    if (code !== 0) throw new Error(`stagecoach ${args.join(' ')} ended with ${code}:\n${printed}`);
    const summary = JSON.parse(await readFile(file, 'utf8')) as Summary;
    return { summary, cpu: cpuOf(summary, child.pid ?? 0, account) };
  } finally {
    account.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function cpuOf(summary: Summary, parent: number, account: CpuAccount): Record<string, Cell> {
  const spent = [
    ...summary.processes.map(({ worker, pid }) => ({ worker, ms: account.msOf(pid) })),
    { worker: 'up', ms: account.msOf(parent) },
    { worker: 'broker', ms: account.brokerMs },
  ];
  const perPrediction = (some: typeof spent): number | null => {
    const known = some.flatMap(({ ms }) => (ms === null ? [] : [ms]));
    const sum = known.reduce((added, ms) => added + ms, 0);
    return known.length === 0 ? null : (1000 * sum) / summary.predictions;
  };
  const columns = Object.entries(kinds).map(([name, isOf]) => [
    name,
    perPrediction(spent.filter(({ worker }) => isOf(worker))),
  ]);
  return { ...Object.fromEntries(columns), all: perPrediction(spent) } as Record<string, Cell>;
}

async function removeTopics(brokers: readonly string[]): Promise<void> {
  const log = createLogger('bench', 'error');
  const admin = await connected(createKafka({ brokers, clientId: prefix }, log).admin());
  try {
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix));
    await admin.deleteTopics({ topics });
  } finally {
    await admin.disconnect();
  }
}
