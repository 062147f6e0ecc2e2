import type { PlannedRun } from '../../src/partition/planner/planned-run.js';
import type { Plot, Rows } from '../report/report.js';

/** A stage that was run. */
export interface TriedStage {
  /** Processor time of an item, predicted for the node with the smallest share. Microseconds. */
  readonly predictedUs: number;
  /** Null of a stage that had nothing to do. */
  readonly measuredUs: number | null;
  /** Items in a record that it has read. */
  readonly recordItems: number | null;
  /** Of the quota of all its workers. */
  readonly used: number;
  /** Items in an inference. */
  readonly batchItems: number | null;
}

/** A plan that was run. */
export interface Tried {
  readonly scenario: string;
  /** `chosen`, and those of its rivals that are the same. */
  readonly names: readonly string[];
  readonly run: PlannedRun;
  /** Measured. */
  readonly itemsPerS: number;
  /** Measured: the mean of the middle half. */
  readonly latencyMs: number;
  readonly stages: readonly TriedStage[];
}

/** Layers and workers of each stage, such as `0–6 ×2 | 7–20`. */
function stagesText({ stages }: PlannedRun): string {
  return stages
    .map(({ layers, nodes }) => {
      const copies = nodes.length === 1 ? '' : ` ×${nodes.length}`;
      return `${layers.from}–${layers.to - 1}${copies}`;
    })
    .join(' | ');
}

/** Every plan that was run: predicted, measured, and the one over the other. */
export function planTable(tried: readonly Tried[]): Rows {
  return {
    title: 'Predicted and measured',
    columns: [
      ...['nodes', 'plan', 'layers × workers', 'predicted/s', 'measured/s', 'measured/predicted'],
      ...['predicted ms', 'measured ms', 'of predicted ms'],
    ],
    rows: tried.map(({ scenario, names, run, itemsPerS, latencyMs }) => ({
      nodes: scenario,
      plan: names.join(', '),
      'layers × workers': stagesText(run),
      'predicted/s': run.itemsPerS,
      'measured/s': itemsPerS,
      'measured/predicted': itemsPerS / run.itemsPerS,
      'predicted ms': run.latencyMs,
      'measured ms': latencyMs,
      'of predicted ms': latencyMs / run.latencyMs,
    })),
  };
}

/** What each stage took of the processor, beside what it was expected to take. */
export function stageTable(tried: readonly Tried[]): Rows {
  return {
    title: 'Processor time of an item, by stage',
    columns: [
      ...['nodes', 'plan', 'stage', 'predicted µs', 'measured µs', 'measured/predicted'],
      ...['quota used', 'batch', 'items a record'],
    ],
    rows: tried.flatMap(({ scenario, names, stages }) =>
      stages.map(({ predictedUs, measuredUs, used, batchItems, recordItems }, at) => ({
        nodes: scenario,
        plan: names.join(', '),
        stage: at + 1,
        'predicted µs': predictedUs,
        'measured µs': measuredUs,
        'measured/predicted': measuredUs === null ? null : measuredUs / predictedUs,
        'quota used': used,
        batch: batchItems,
        'items a record': recordItems,
      })),
    ),
  };
}

/** Whether the chosen plan is the best of those that were run for its nodes. */
export function choiceTable(tried: readonly Tried[]): Rows {
  const names = [...new Set(tried.map(({ scenario }) => scenario))];
  return {
    title: 'The planner’s choice among the plans that were run',
    columns: [
      'nodes',
      'chosen/s',
      'best/s',
      'best plan',
      'chosen/best',
      'even cut/s',
      'chosen/even',
    ],
    rows: names.map((scenario) => {
      const all = tried.filter((one) => one.scenario === scenario);
      const named = (name: string): Tried | undefined =>
        all.find((one) => one.names.includes(name));
      const chosen = named('chosen')?.itemsPerS ?? NaN;
      const even = named('even')?.itemsPerS ?? null;
      const best = all.reduce((a, b) => (b.itemsPerS > a.itemsPerS ? b : a));
      return {
        nodes: scenario,
        'chosen/s': chosen,
        'best/s': best.itemsPerS,
        'best plan': best.names.join(', '),
        'chosen/best': chosen / best.itemsPerS,
        'even cut/s': even,
        'chosen/even': even === null ? null : chosen / even,
      };
    }),
  };
}

/** Predicted and measured throughput of the chosen plans, side by side. */
export function planPlots(tried: readonly Tried[]): Plot[] {
  const chosen = tried.filter(({ names }) => names.includes('chosen'));
  return [
    {
      name: 'predicted',
      kind: 'bars',
      title: 'Throughput of the chosen plans',
      xTitle: 'nodes',
      yTitle: 'items/s',
      points: chosen.flatMap(({ scenario, run, itemsPerS }) => [
        { series: 'predicted', x: scenario, y: run.itemsPerS },
        { series: 'measured', x: scenario, y: itemsPerS },
      ]),
    },
  ];
}
