import type { PlannedRun, PlannedStage } from '../../../src/partition/planner/planned-run.js';
import type { PlanTable } from '../../../src/partition/planner/plan-table.js';

/** A stage of the layers `[from, to)`; figures that a test does not care about are round. */
export function aStage(
  from: number,
  to: number,
  nodes: readonly string[],
  cares: Partial<PlannedStage> = {},
): PlannedStage {
  return {
    layers: { from, to },
    nodes,
    computeMs: 1,
    hopMs: 0.25,
    itemsPerS: 800 * nodes.length,
    memoryBytes: 400e6,
    inBytes: 80,
    outBytes: 10_240,
    limit: 'processor',
    ...cares,
  };
}

/** A run of these stages, as fast as its slowest one. */
export function aRun(stages: readonly PlannedStage[], cares: Partial<PlannedRun> = {}): PlannedRun {
  const rates = stages.map(({ itemsPerS }) => itemsPerS);
  const itemsPerS = Math.min(...rates);
  return {
    strategy: 'optimal',
    stages,
    itemsPerS,
    latencyMs: 20 * stages.length,
    networkBytesPerS: itemsPerS * 20_000,
    energyJPerItem: 1.6e-6 * stages.length,
    bottleneck: 1 + rates.indexOf(itemsPerS),
    ...cares,
  };
}

/** A toy table for three nodes: a cut into two is best, into three not much better. */
export function aTable(cares: Partial<PlanTable> = {}): PlanTable {
  const single = aRun([aStage(0, 21, ['a'])]);
  const two = aRun([
    aStage(0, 11, ['a'], { itemsPerS: 1_500 }),
    aStage(11, 21, ['b'], { itemsPerS: 1_400, inBytes: 10_240, outBytes: 60 }),
  ]);
  const three = aRun([
    aStage(0, 11, ['a', 'c'], { itemsPerS: 3_000 }),
    aStage(11, 21, ['b'], { itemsPerS: 2_000, computeMs: 0.4, inBytes: 10_240, outBytes: 60 }),
  ]);
  const evenTwo = aRun([
    aStage(0, 11, ['a'], { itemsPerS: 1_500 }),
    aStage(11, 21, ['b'], { itemsPerS: 1_000 }),
  ]);
  const evenThree = aRun([
    aStage(0, 7, ['a'], { itemsPerS: 1_600 }),
    aStage(7, 14, ['b'], { itemsPerS: 1_700 }),
    aStage(14, 21, ['c'], { itemsPerS: 1_800 }),
  ]);
  return {
    chosen: three,
    byNodeCount: [single, two, three],
    single,
    replicated: aRun([aStage(0, 21, ['a', 'b', 'c'], { itemsPerS: 1_900 })]),
    bestCut: three,
    even: [single, evenTwo, evenThree],
    proof: 'complete',
    ...cares,
  };
}
