import { energyJ } from './energy.js';

/** A row of one of the seed's tables, as it was published. */
export interface PublishedRow {
  readonly node: string;
  readonly energyJ: number;
  /** Compression and decompression. */
  readonly codecS: number;
  /** Printed as "Mb" and explained as megabytes; they are mebibytes, see {@link energyOf}. */
  readonly payloadMiB: number;
  /** The dispatcher computes nothing. */
  readonly inferenceS: number | null;
  readonly communicationS: number;
  readonly latencyS: number;
}

/** One of the seed's tables: its rows, and the line of totals that stands under them. */
export interface PublishedTable {
  readonly nodes: number;
  readonly rows: readonly PublishedRow[];
  readonly total: PublishedRow;
}

type Figures = readonly [number, number, number, number | null, number, number];

function row(node: string, figures: Figures): PublishedRow {
  const [energy, codecS, payloadMiB, inferenceS, communicationS, latencyS] = figures;
  return { node, energyJ: energy, codecS, payloadMiB, inferenceS, communicationS, latencyS };
}

/**
 * The seed's tables 1 to 3, digit by digit.
 * @see https://github.com/teluashish/distributed-inference, README.md, "Results and Discussion"
 */
export const publishedTables: readonly PublishedTable[] = [
  {
    nodes: 3,
    rows: [
      row('dispatcher', [4.7e-5, 18.1, 573.79, null, 50.71, 68.81]),
      row('node 1', [2.45e-6, 0.12, 29.85, 37.2, 31.49, 31.61]),
      row('node 2', [4.1e-7, 0.219, 5, 30.81, 37.781, 38]),
      row('node 3', [1.36e-6, 42.91, 16.57, 24.96, 0.94, 43.85]),
    ],
    total: row('total', [5.12e-5, 61.349, 625.21, 92.97, 120.921, 182.27]),
  },
  {
    nodes: 4,
    rows: [
      row('dispatcher', [4.53e-5, 13.28, 552.72, null, 55.72, 69]),
      row('node 1', [2.44e-6, 0.13, 29.74, 38.39, 30.48, 30.61]),
      row('node 2', [3.96e-7, 0.2008, 4.84, 33.128, 35.6712, 35.872]),
      row('node 3', [3.93e-7, 0.238, 4.8, 30, 38.762, 39]),
      row('node 4', [1.34e-6, 42.63, 16.3, 26.75, 0.62, 43.25]),
    ],
    total: row('total', [4.98e-5, 56.4788, 608.4, 127.268, 161.2532, 217.732]),
  },
  {
    nodes: 5,
    rows: [
      row('dispatcher', [4.36e-5, 13.64, 532.11, null, 55.99, 69.63]),
      row('node 1', [2.44e-6, 0.5, 29.73, 46.913, 22.217, 22.717]),
      row('node 2', [3.95e-7, 0.228, 4.82, 33.875, 35.527, 35.755]),
      row('node 3', [3.92e-7, 0.226, 4.78, 35.07, 34.334, 34.56]),
      row('node 4', [3.78e-7, 0.233, 4.61, 36.58, 32.817, 33.05]),
      row('node 5', [1.31e-6, 45.81, 15.96, 27.5, 0.32, 46.13]),
    ],
    total: row('total', [4.36e-5, 60.637, 592.01, 175.938, 181.205, 241.842]),
  },
];

/** The seed's results, of two windows each, and the seconds that they took; 1 node is sequential. */
export const publishedRuns: readonly { nodes: number; results: number; seconds: number }[] = [
  { nodes: 1, results: 249, seconds: 59.4 },
  { nodes: 2, results: 176, seconds: 68.33 },
  { nodes: 3, results: 233, seconds: 68.816 },
  { nodes: 4, results: 225, seconds: 69 },
  { nodes: 5, results: 216, seconds: 69.63 },
  { nodes: 6, results: 128, seconds: 59.09 },
];

/** The seed's results/s with so many nodes over its sequential results/s; null where it has none. */
export function publishedSpeedUp(nodes: number): number | null {
  const rate = (of: number): number | null => {
    const run = publishedRuns.find((one) => one.nodes === of);
    return run === undefined ? null : run.results / run.seconds;
  };
  const [distributed, sequential] = [rate(nodes), rate(1)];
  return distributed === null || sequential === null ? null : distributed / sequential;
}

const kibi = 1024;

/** The energy by the seed's own formula, 10 pJ a bit once, of a payload in mebibytes. Joules. */
export function energyOf(payloadMiB: number): number {
  return energyJ(payloadMiB * kibi * kibi);
}

/** A total that is not the sum of the rows above it. */
export interface WrongTotal {
  readonly nodes: number;
  readonly column: 'energy' | 'inference time';
  readonly published: number;
  readonly sum: number;
}

/** Rows are rounded to three digits: what differs by more than this is no matter of rounding. */
const roundingShare = 0.005;

/** The published totals that do not add up. */
export function wrongTotals(): WrongTotal[] {
  return publishedTables.flatMap(({ nodes, rows, total }) => {
    const sumOf = (value: (of: PublishedRow) => number): number =>
      rows.reduce((sum, one) => sum + value(one), 0);
    const checked: WrongTotal[] = [
      {
        ...{ nodes, column: 'energy', published: total.energyJ },
        sum: sumOf((one) => one.energyJ),
      },
      {
        ...{ nodes, column: 'inference time', published: total.inferenceS ?? 0 },
        sum: sumOf((one) => one.inferenceS ?? 0),
      },
    ];
    return checked.filter(({ published, sum }) => Math.abs(published / sum - 1) > roundingShare);
  });
}
