/**
 * How long the planner takes for a hundred layers and fifty nodes of five kinds, and whether it
 * could show that no plan is better. Networks and nodes are made up: {@link shapes}.
 */
import { planFor } from '../../src/partition/planner/plan-for.js';
import type { Goal } from '../../src/partition/planner/plan-request.js';
import { workersOf } from '../../src/partition/planner/planned-run.js';
import type { Cell, Report } from '../report/report.js';
import { instanceOf, quickShapes, shapes, type Instance } from './instances.js';

const goals: readonly Goal[] = ['throughput', 'latency', 'nodes', 'energy'];
/** Items a second that the goal `nodes` asks for: what a few nodes do together. */
const ratePerS = 100;
const rounds = 3;

/** `npm run bench -- planner` */
export function planner(isQuick: boolean): Promise<Report> {
  const rows = (isQuick ? quickShapes : shapes).flatMap((shape) => {
    const instance = instanceOf(shape);
    return goals.map((goal) => ({ network: shape.name, goal, ...measure(instance, goal) }));
  });
  return Promise.resolve({
    name: 'planner',
    title: 'Planning',
    isQuick,
    tables: [
      {
        title: `Time of the whole table of a plan, median of ${rounds}`,
        columns: [
          ...['network', 'goal', 'ms', 'processor ms', 'workers', 'stages', 'items/s'],
          ...['latency ms', '× even', 'proof'],
        ],
        rows,
      },
    ],
    plots: [],
    notes: [
      'Even: the fastest even cut with one sub-model a node, of any number of nodes.',
      'Proof: whether no plan is better (complete), or the search for one was given up (cutShort).',
    ],
  });
}

function measure({ profile, nodes, lanes }: Instance, goal: Goal): Record<string, Cell> {
  const request = { profile, nodes, goal, lanes, ratePerS: goal === 'nodes' ? ratePerS : 0.1 };
  const times: { readonly ms: number; readonly processorMs: number }[] = [];
  let table = planFor({ ...request, encoding: 'raw' });
  for (let round = 0; round < rounds; round += 1) {
    const startMs = performance.now();
    const before = process.cpuUsage();
    table = planFor({ ...request, encoding: 'raw' });
    const { user, system } = process.cpuUsage(before);
    times.push({ ms: performance.now() - startMs, processorMs: (user + system) / 1000 });
  }
  const { chosen, even, proof } = table;
  const evenPerS = Math.max(0, ...even.map((run) => run?.itemsPerS ?? 0));
  const middle = rounds >> 1;
  return {
    ms: times.map(({ ms }) => ms).sort((a, b) => a - b)[middle] ?? null,
    'processor ms':
      times.map(({ processorMs }) => processorMs).sort((a, b) => a - b)[middle] ?? null,
    workers: workersOf(chosen),
    stages: chosen.stages.length,
    'items/s': chosen.itemsPerS,
    'latency ms': chosen.latencyMs,
    '× even': evenPerS === 0 ? null : chosen.itemsPerS / evenPerS,
    proof,
  };
}
