import { join } from 'node:path';
import type { Encoding } from '../../src/wire/tensor-batch.js';
import { BenchCluster } from '../broker/bench-cluster.js';
import { BenchProcess } from '../process/bench-process.js';
import type { Cell, Report, Rows } from '../report/report.js';
import type { HalvesEffect } from './halves.js';
import { measureHop, type HopFigures, type HopSizes } from './measure-hop.js';
import type { CutFound, NetworkHandlers } from './network-process.js';

const encodings: readonly Encoding[] = ['raw', 'f16', 'zstd', 'shuffle+zstd'];

/** What a hop may cost of a stage's compute, by width. Percent. */
const goals: ReadonlyMap<number, number> = new Map([
  [128, 5],
  [512, 1],
]);

interface Sizes extends HopSizes {
  readonly widths: readonly number[];
  readonly windows: number;
  readonly halvesItems: number;
}

const fullSizes: Sizes = {
  ...{ widths: [128, 256, 512], windows: 512, halvesItems: 16_384 },
  ...{ perRecord: 64, warmUpRecords: 32, records: 192, latencyRecords: 200, measureMs: 500 },
};
const quickSizes: Sizes = {
  ...{ widths: [128], windows: 128, halvesItems: 256 },
  ...{ perRecord: 64, warmUpRecords: 6, records: 6, latencyRecords: 3, measureMs: 1 },
};

/** One width and one encoding. */
interface Measured extends HopFigures {
  readonly width: number;
  readonly encoding: Encoding;
  readonly rawBytes: number;
  readonly computeMs: number;
}

/** What it costs to take a record of activations in and to send one on, beside what the engine costs. */
export async function hop(isQuick: boolean): Promise<Report> {
  const sizes = isQuick ? quickSizes : fullSizes;
  const measured: Measured[] = [];
  for (const width of sizes.widths) {
    const cut = await inNetwork((network) =>
      network.ask('cut', {
        ...{ width, items: sizes.windows, perRecord: sizes.perRecord },
        measureMs: 4 * sizes.measureMs,
      }),
    );
    for (const encoding of encodings) {
      measured.push(await measureOne(cut, width, encoding, sizes));
    }
  }
  const effect = await inNetwork((network) => network.ask('halves', sizes.halvesItems));
  return reportOf(measured, effect, isQuick);
}

function inNetwork<Result>(
  work: (network: BenchProcess<NetworkHandlers>) => Promise<Result>,
): Promise<Result> {
  return BenchProcess.during(join(import.meta.dirname, 'network-process.js'), work);
}

async function measureOne(
  { activations, itemShape, computeMs }: CutFound,
  width: number,
  encoding: Encoding,
  sizes: Sizes,
): Promise<Measured> {
  const rawBytes = 4 * sizes.perRecord * itemShape.reduce((product, size) => product * size, 1);
  const cluster = await BenchCluster.connect('hop');
  try {
    const figures = await measureHop(cluster, { activations, itemShape, encoding, sizes });
    return { ...figures, width, encoding, rawBytes, computeMs };
  } finally {
    await cluster.close();
  }
}

function costRows(measured: readonly Measured[]): Rows {
  return {
    title: 'Processor time of a stage for one record of 64 items, without its sub-model',
    columns: [
      ...['width', 'encoding', 'record kB', 'fetch ms', 'decode ms', 'batch ms', 'encode ms'],
      ...[
        'send ms',
        'parts ms',
        'at work ms',
        'ms per MB',
        'engine ms',
        'hop / engine %',
        'decode … send / engine %',
      ],
    ],
    rows: measured.map((one) => {
      const { fetchMs, decodeMs, batchMs, encodeMs, sendMs } = one.sections;
      return {
        ...{ width: one.width, encoding: one.encoding, 'record kB': one.recordBytes / 1e3 },
        ...{ 'fetch ms': fetchMs, 'decode ms': decodeMs, 'batch ms': batchMs },
        ...{ 'encode ms': encodeMs, 'send ms': sendMs },
        'parts ms': fetchMs + decodeMs + batchMs + encodeMs + sendMs,
        'at work ms': one.wholeMs,
        'ms per MB': one.wholeMs / (one.rawBytes / 1e6),
        'engine ms': one.computeMs,
        'hop / engine %': (100 * one.wholeMs) / one.computeMs,
        'decode … send / engine %':
          (100 * (decodeMs + batchMs + encodeMs + sendMs)) / one.computeMs,
      };
    }),
  };
}

function shareRows(measured: readonly Measured[]): Rows {
  const widths = [...new Set(measured.map(({ width }) => width))];
  return {
    title: 'A hop as a share of the engine’s processor time for the same record, percent',
    columns: ['width', ...encodings, 'goal'],
    rows: widths.map((width) => {
      const row: Record<string, Cell> = { width, goal: goals.get(width) ?? null };
      for (const one of measured) {
        if (one.width === width) row[one.encoding] = (100 * one.wholeMs) / one.computeMs;
      }
      return row;
    }),
  };
}

/** An encoding pays where a connection takes longer for what it saves than it takes to compute. */
function savingRows(measured: readonly Measured[]): Rows {
  const rows = measured.flatMap((one) => {
    const raw = measured.find(({ width, encoding }) => width === one.width && encoding === 'raw');
    if (raw === undefined || one === raw) return [];
    const savedMb = (raw.recordBytes - one.recordBytes) / 1e6;
    const moreMs = one.wholeMs - raw.wholeMs;
    return [
      {
        ...{ width: one.width, encoding: one.encoding },
        'bytes / raw': one.recordBytes / raw.recordBytes,
        'more ms a record': moreMs,
        'pays below MB/s': moreMs <= 0 ? null : (1000 * savedMb) / moreMs,
      },
    ];
  });
  return {
    title: 'What an encoding saves, and below which speed of a connection that is worth its time',
    columns: ['width', 'encoding', 'bytes / raw', 'more ms a record', 'pays below MB/s'],
    rows,
  };
}

function latencyRows(measured: readonly Measured[]): Rows {
  return {
    title: 'Latency from a producer through a stage to a reader, one record at a time',
    columns: ['width', 'encoding', 'items', 'record kB', 'p50 ms', 'p99 ms'],
    rows: measured.flatMap(({ width, encoding, latencies }) =>
      latencies.map(({ items, recordBytes, p50Ms, p99Ms }) => ({
        ...{ width, encoding, items, 'record kB': recordBytes / 1e3 },
        ...{ 'p50 ms': p50Ms, 'p99 ms': p99Ms },
      })),
    ),
  };
}

function halvesRows(effect: HalvesEffect): Rows {
  return {
    title: 'What float16 at both cuts changes in predictions of the trained network',
    columns: [
      ...['items', 'top-1 changed %', 'top-5 changed %', 'top-5 changed or reordered %'],
      'largest difference',
    ],
    rows: [
      {
        items: effect.items,
        'top-1 changed %': 100 * effect.top1Changed,
        'top-5 changed %': 100 * effect.top5Changed,
        'top-5 changed or reordered %': 100 * effect.top5Reordered,
        'largest difference': effect.largestDifference,
      },
    ],
  };
}

function reportOf(measured: readonly Measured[], effect: HalvesEffect, isQuick: boolean): Report {
  return {
    name: 'hop',
    title: 'What a hop from stage to stage costs',
    isQuick,
    tables: [
      ...[costRows(measured), shareRows(measured), savingRows(measured), latencyRows(measured)],
      halvesRows(effect),
    ],
    plots: [
      {
        ...{ name: 'share', title: 'A hop beside the engine', kind: 'bars' },
        ...{ xTitle: 'width', yTitle: 'hop / engine, percent of processor time' },
        points: measured.map(({ width, encoding, wholeMs, computeMs }) => ({
          ...{ series: encoding, x: String(width), y: (100 * wholeMs) / computeMs },
        })),
      },
      {
        ...{ name: 'latency', title: 'Latency through a stage', kind: 'lines' },
        ...{ xTitle: 'record, kB', yTitle: 'p50, ms', xScale: 'log', yScale: 'log' },
        points: measured.flatMap(({ encoding, latencies }) =>
          latencies.map(({ recordBytes, p50Ms }) => ({
            ...{ series: encoding, x: recordBytes / 1e3, y: p50Ms },
          })),
        ),
      },
    ],
    notes: [
      'Parts are measured one after the other by themselves; “at work” is a stage that runs, all of it, under a feed of one record at a time, with fetching, commits and heartbeats, and decides. “ms per MB” is of activations as float32.',
      'The engine’s time is that of the second of three sub-models. Width 128 is the trained network; the others have random weights, and their activations are of real windows too.',
    ],
  };
}
