import type { Plot, Rows } from '../report/report.js';
import type { Computed } from './compute-node.js';
import type { DistributedRun } from '../nodes/distributed.js';
import { nodeRows, type NodeColumns } from './node-columns.js';
import { energyOf, publishedRuns, publishedSpeedUp, publishedTables } from './published.js';

/** One number of nodes, as it was measured. */
export interface Measured {
  readonly cuts: readonly number[];
  /** The whole network in one node, measured just before. */
  readonly sequential: Computed;
  /** Each node's sub-model by itself, all at once as in the run, measured just before. */
  readonly alone: readonly Computed[];
  readonly run: DistributedRun;
  /** What the best cut could give by the layers' floating-point operations. */
  readonly boundByFlops: number;
}

/** What a run's throughput comes to. */
export interface SpeedUp {
  readonly itemsPerS: number;
  readonly speedUp: number;
  /** The slowest node's rate where it does nothing but compute, over the sequential rate. */
  readonly bound: number;
}

/** The speed-up of a run over the sequential node, and its bound. */
export function speedUpOf({ sequential, alone, run }: Measured): SpeedUp {
  const itemsPerS = run.items / (run.spanMs / 1000);
  const slowest = Math.min(...alone.map((node) => node.itemsPerS));
  return {
    itemsPerS,
    speedUp: itemsPerS / sequential.itemsPerS,
    bound: slowest / sequential.itemsPerS,
  };
}

const seedColumn = 'the seed’s speed-up';

/** Throughput by number of nodes, beside what could be and what the seed had. */
export function speedUpTable(all: readonly Measured[]): Rows {
  const sequential = all.map((one) => one.sequential.itemsPerS);
  const mean = sequential.reduce((sum, rate) => sum + rate, 0) / sequential.length;
  return {
    title: 'Throughput by number of nodes, all under the same quota',
    columns: [
      ...['nodes', 'cut before layers', 'predictions/s', 'sequential/s', 'speed-up', 'bound'],
      ...['of the bound', 'bound by FLOPs', seedColumn, 'payload kB/prediction'],
      'energy µJ/prediction',
    ],
    rows: [
      {
        ...{ nodes: 'sequential', 'cut before layers': null, 'predictions/s': mean },
        ...{ 'sequential/s': mean, 'speed-up': 1, bound: 1, 'of the bound': 1 },
        ...{ 'bound by FLOPs': 1, [seedColumn]: 1 },
        ...{ 'payload kB/prediction': 0, 'energy µJ/prediction': 0 },
      },
      ...all.map((one) => {
        const { itemsPerS, speedUp, bound } = speedUpOf(one);
        const { total } = nodeRows(one.run);
        return {
          nodes: String(one.run.nodes.length),
          'cut before layers': one.cuts.join(', '),
          'predictions/s': itemsPerS,
          'sequential/s': one.sequential.itemsPerS,
          'speed-up': speedUp,
          bound,
          'of the bound': speedUp / bound,
          'bound by FLOPs': one.boundByFlops,
          [seedColumn]: publishedSpeedUp(one.run.nodes.length),
          'payload kB/prediction': total.payloadBytes / 1e3 / one.run.items,
          'energy µJ/prediction': (total.energyJ * 1e6) / one.run.items,
        };
      }),
    ],
  };
}

/** The seed's table of one number of nodes. */
export function nodeTable({ run }: Measured): Rows {
  const { rows, total } = nodeRows(run);
  const line = (row: NodeColumns): Rows['rows'][number] => ({
    node: row.node,
    'energy (J)': row.energyJ,
    '(de)serialisation (s)': row.codecS,
    'network payload (MB)': row.payloadBytes / 1e6,
    'inference (s)': row.inferenceS,
    'communication (s)': row.communicationS,
    'latency (s)': row.latencyS,
  });
  return {
    title: `${run.nodes.length} nodes: ${run.items} predictions in ${(run.spanMs / 1000).toFixed(1)} s`,
    columns: [
      ...['node', 'energy (J)', '(de)serialisation (s)', 'network payload (MB)', 'inference (s)'],
      ...['communication (s)', 'latency (s)'],
    ],
    rows: [...rows.map(line), line(total)],
  };
}

/** Where the nodes' processor time went, and whether they had what the quota grants. */
export function processorTable(all: readonly Measured[], quota: number): Rows {
  return {
    title: 'Processor time of the nodes, and of the same sub-models where they only compute',
    columns: [
      ...['nodes', 'node', 'items/s', 'alone items/s', 'quota used', 'items a run'],
      ...['CPU µs/item', 'alone CPU µs/item', 'of it compute'],
    ],
    rows: all.flatMap(({ run, alone }) =>
      run.nodes.map((work, at) => {
        const cpuUs = (work.cpuMs * 1000) / work.items;
        const aloneUs = alone[at]?.cpuUsPerItem ?? null;
        return {
          nodes: String(run.nodes.length),
          node: String(at + 1),
          'items/s': work.items / (work.durationMs / 1000),
          'alone items/s': alone[at]?.itemsPerS ?? null,
          'quota used': work.cpuMs / work.durationMs / quota,
          'items a run': work.items / work.inferences,
          'CPU µs/item': cpuUs,
          'alone CPU µs/item': aloneUs,
          'of it compute': aloneUs === null ? null : aloneUs / cpuUs,
        };
      }),
    ),
  };
}

/** The seed's published totals beside what they should have been. */
export function publishedTable(): Rows {
  return {
    title: 'The seed’s published totals, and what they come to',
    columns: [
      ...['nodes', 'payload (MiB)', 'published energy (J)', 'sum of its rows (J)'],
      ...['energy of that payload (J)', 'published inference (s)', 'sum of its rows (s)'],
    ],
    rows: publishedTables.map(({ nodes, rows, total }) => ({
      nodes: String(nodes),
      'payload (MiB)': total.payloadMiB,
      'published energy (J)': total.energyJ,
      'sum of its rows (J)': rows.reduce((sum, row) => sum + row.energyJ, 0),
      'energy of that payload (J)': energyOf(total.payloadMiB),
      'published inference (s)': total.inferenceS,
      'sum of its rows (s)': rows.reduce((sum, row) => sum + (row.inferenceS ?? 0), 0),
    })),
  };
}

/** The seed's two plots: throughput by number of nodes, and network payload over the run's time. */
export function plots(all: readonly Measured[]): Plot[] {
  const curve = (series: string, y: (one: Measured) => number): Plot['points'] => [
    { series, x: 1, y: 1 },
    ...all.map((one) => ({ series, x: one.run.nodes.length, y: y(one) })),
  ];
  const seed = publishedRuns.flatMap(({ nodes }) => {
    const y = publishedSpeedUp(nodes);
    return y === null ? [] : [{ series: 'the seed, as published', x: nodes, y }];
  });
  const payload = all.map(({ run }): Plot['points'][number] => ({
    series: 'Stagecoach',
    x: String(run.nodes.length),
    y: nodeRows(run).total.payloadBytes / 1e6 / (run.spanMs / 1000),
  }));
  const seedPayload = publishedTables.map(({ nodes, rows, total }): Plot['points'][number] => ({
    series: 'the seed, over its run’s time',
    x: String(nodes),
    y: (total.payloadMiB * 1.048576) / (rows[0]?.latencyS ?? NaN),
  }));
  return [
    {
      name: 'throughput',
      title: 'Throughput by number of nodes',
      kind: 'lines',
      xTitle: 'nodes (1: sequential)',
      yTitle: 'throughput / sequential throughput',
      points: [
        ...curve('Stagecoach', (one) => speedUpOf(one).speedUp),
        ...curve('bound of the best cut', (one) => speedUpOf(one).bound),
        ...seed,
      ],
    },
    {
      name: 'payload',
      title: 'Network payload over the time of the run',
      kind: 'bars',
      xTitle: 'nodes',
      yTitle: 'MB/s',
      points: [...payload, ...seedPayload],
    },
  ];
}
