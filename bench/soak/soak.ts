import { setTimeout as delay } from 'node:timers/promises';
import type { Verdict } from '../../src/observe/verdict.js';
import { BenchCluster } from '../broker/bench-cluster.js';
import type { PlotPoint, Report, Rows } from '../report/report.js';
import { brokerPid, residentBytes } from '../broker/broker-process.js';
import { growthOf, type TimedValue } from './growth.js';
import { SoakRun } from './soak-run.js';

/** What `bench soak` can be told. */
export interface SoakOptions {
  /** How long the load lasts. Default 60; the quick form has its own. */
  readonly minutes?: number;
}

interface Times {
  /** Before the throughput is measured: processes and files are warm then. */
  readonly warmUpMs: number;
  readonly throughputMs: number;
  readonly loadMs: number;
  readonly sampleEveryMs: number;
}

/** How it was at one time of the load. */
interface Sample {
  /** Since the load began. */
  readonly timeMs: number;
  /** Resident memory by process, the broker's with them. Bytes. */
  readonly memory: ReadonlyMap<string, number>;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  /** Fixes that are in and not accounted for. */
  readonly waiting: number;
}

interface Found {
  readonly fixesPerS: number;
  readonly fedPerS: number;
  readonly predictions: number;
  readonly restarts: number;
  readonly seconds: number;
  readonly samples: readonly Sample[];
  readonly verdict: Verdict;
}

const load = 0.8;
const minuteMs = 60_000;

function timesOf(isQuick: boolean, { minutes }: SoakOptions): Times {
  const ownMinutes = isQuick ? 0.15 : 60;
  return {
    ...(isQuick
      ? { warmUpMs: 1_000, throughputMs: 3_000, sampleEveryMs: 1_000 }
      : { warmUpMs: 60_000, throughputMs: 180_000, sampleEveryMs: 10_000 }),
    loadMs: (minutes ?? ownMinutes) * minuteMs,
  };
}

/** The whole pipeline for long at four fifths of what it can do: memory, latency, and what was lost. */
export async function soak(isQuick: boolean, options: SoakOptions = {}): Promise<Report> {
  const cluster = await BenchCluster.connect('soak');
  try {
    const run = await SoakRun.start(cluster);
    try {
      const found = await measure(cluster, run, timesOf(isQuick, options));
      return reportOf(found, isQuick);
    } finally {
      await run.end();
    }
  } finally {
    await cluster.close();
  }
}

async function measure(cluster: BenchCluster, run: SoakRun, times: Times): Promise<Found> {
  const fixesPerS = await throughput(run, times);
  const fedPerS = load * fixesPerS;
  const before = run.predictions;
  run.feed('load', fedPerS);
  const startMs = performance.now();
  const samples: Sample[] = [];
  const broker = await brokerPid(cluster.client.brokers[0] ?? '');
  for (let next = times.sampleEveryMs; next <= times.loadMs; next += times.sampleEveryMs) {
    await delay(Math.max(0, startMs + next - performance.now()));
    samples.push(await sample(run, broker, performance.now() - startMs));
  }
  await run.drain();
  const seconds = (performance.now() - startMs) / 1000;
  const predictions = run.predictions - before;
  const { restarts } = run;
  return {
    ...{ fixesPerS, fedPerS, predictions, restarts, seconds, samples },
    verdict: await run.verdict(),
  };
}

/** Fixes a second that go through when as many come as are taken. */
async function throughput(run: SoakRun, { warmUpMs, throughputMs }: Times): Promise<number> {
  run.feed('full', null);
  while (run.predictions === 0) await delay(50);
  await delay(warmUpMs);
  const before = { fixes: await run.done(), timeMs: performance.now() };
  await delay(throughputMs);
  const fixes = (await run.done()) - before.fixes;
  const perS = (1000 * fixes) / (performance.now() - before.timeMs);
  await run.drain();
  return perS;
}

async function sample(run: SoakRun, broker: number | null, timeMs: number): Promise<Sample> {
  const memory = new Map(run.memory);
  const ofBroker = broker === null ? null : await residentBytes(broker);
  if (ofBroker !== null) memory.set('broker', ofBroker);
  const { p50Ms, p99Ms } = run.latency;
  return { timeMs, memory, p50Ms, p99Ms, waiting: await run.waiting() };
}

/** The values of a quantity over time; those of its second half tell whether it grows. */
function series(
  samples: readonly Sample[],
  valueOf: (sample: Sample) => number | null | undefined,
): TimedValue[] {
  return samples.flatMap((one) => {
    const value = valueOf(one) ?? null;
    return value === null ? [] : [{ timeMs: one.timeMs, value }];
  });
}

function growthRow(name: string, values: readonly TimedValue[]): Rows['rows'][number] {
  const half = values.slice(Math.floor(values.length / 2));
  const growth = growthOf(half);
  const of = (list: readonly TimedValue[]): number[] => list.map(({ value }) => value);
  return {
    ...{
      what: name,
      'at half-time': half[0]?.value ?? null,
      'at the end': half.at(-1)?.value ?? null,
    },
    ...{ most: Math.max(...of(values)) },
    ...{ 'growth an hour': growth?.perHour ?? null, '± standard error': growth?.error ?? null },
  };
}

const growthColumns = [
  ...['what', 'at half-time', 'at the end', 'most', 'growth an hour', '± standard error'],
];

function processesOf(samples: readonly Sample[]): string[] {
  return [...new Set(samples.flatMap(({ memory }) => [...memory.keys()]))].sort();
}

function memoryOf(samples: readonly Sample[], name: string): TimedValue[] {
  return series(samples, ({ memory }) => {
    const bytes = memory.get(name);
    return bytes === undefined ? null : bytes / 1e6;
  });
}

function tablesOf(found: Found): Rows[] {
  const { samples, verdict } = found;
  return [
    {
      title: 'Load',
      columns: [
        ...['throughput, fixes/s', 'fed, fixes/s', 'seconds', 'predictions', 'predictions/s'],
        ...['most waiting fixes', 'restarts'],
      ],
      rows: [
        {
          ...{ 'throughput, fixes/s': found.fixesPerS, 'fed, fixes/s': found.fedPerS },
          ...{ seconds: found.seconds, predictions: found.predictions },
          'predictions/s': found.predictions / found.seconds,
          'most waiting fixes': Math.max(...samples.map(({ waiting }) => waiting)),
          restarts: found.restarts,
        },
      ],
    },
    {
      title: 'Resident memory, MB; growth over the second half',
      columns: growthColumns,
      rows: processesOf(samples).map((name) => growthRow(name, memoryOf(samples, name))),
    },
    {
      title: 'Latency of ten seconds each, ms; growth over the second half',
      columns: growthColumns,
      rows: [
        growthRow(
          'p50',
          series(samples, ({ p50Ms }) => p50Ms),
        ),
        growthRow(
          'p99',
          series(samples, ({ p99Ms }) => p99Ms),
        ),
      ],
    },
    {
      title: 'What the referee found, of the whole run',
      columns: ['fixes', 'expected', 'observed', ...faultKinds],
      rows: [
        {
          ...{ fixes: verdict.fixes, expected: verdict.expected, observed: verdict.observed },
          ...Object.fromEntries(faultKinds.map((kind) => [kind, verdict[kind]])),
        },
      ],
    },
  ];
}

const faultKinds = ['missing', 'repeated', 'outOfOrder', 'altered', 'unexpected'] as const;

function pointsOf(name: string, values: readonly TimedValue[]): PlotPoint[] {
  return values.map(({ timeMs, value }) => ({ series: name, x: timeMs / minuteMs, y: value }));
}

function reportOf(found: Found, isQuick: boolean): Report {
  const { samples } = found;
  return {
    name: 'soak',
    title: 'The whole pipeline at 80 % of its throughput',
    isQuick,
    tables: tablesOf(found),
    plots: [
      {
        ...{ name: 'memory', title: 'Resident memory', kind: 'lines' },
        ...{ xTitle: 'minutes', yTitle: 'MB' },
        points: processesOf(samples).flatMap((name) => pointsOf(name, memoryOf(samples, name))),
      },
      {
        ...{ name: 'latency', title: 'Latency from broker to prediction', kind: 'lines' },
        ...{ xTitle: 'minutes', yTitle: 'ms', yScale: 'log' },
        points: [
          ...pointsOf(
            'p50',
            series(samples, ({ p50Ms }) => p50Ms),
          ),
          ...pointsOf(
            'p99',
            series(samples, ({ p99Ms }) => p99Ms),
          ),
        ],
      },
    ],
    notes: [
      'Three stages, six lanes, one process each, and the feed’s and the broker’s beside them on the same machine. A growth that is less than twice its standard error says nothing.',
    ],
  };
}
