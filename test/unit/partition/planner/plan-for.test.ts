import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { evenPlan } from '../../../../src/partition/planner/even-plan.js';
import { manualPlan } from '../../../../src/partition/planner/manual-plan.js';
import { optimalPlan } from '../../../../src/partition/planner/optimal-plan.js';
import { planFor } from '../../../../src/partition/planner/plan-for.js';
import type { PlanRequest } from '../../../../src/partition/planner/plan-request.js';
import { layer, nodeOf, profileOf } from './requests.js';

/** Four layers of 1, 1, 1 and 5 ms an item, and a hop of 0.25 ms. */
const request: PlanRequest = {
  profile: profileOf(
    [16, 16, 16, 80].map((recordMs, index) => layer(`layer-${index}`, 1, recordMs, 100, 0)),
    [80, 800, 800, 800, 40],
    { recordMs: 4, itemMs: 0, nsPerByte: 0 },
  ),
  nodes: [nodeOf('x'), nodeOf('y'), nodeOf('z')],
  goal: 'throughput',
  lanes: 6,
  encoding: 'raw',
};
/** Room for two layers in a worker. */
const small = request.nodes.map((node) => ({ ...node, memoryBytes: 300 }));

const shapeOf = (run: {
  stages: readonly { layers: { to: number }; nodes: readonly string[] }[];
}) => run.stages.map(({ layers, nodes }) => [layers.to, nodes.length]);

describe('planFor', () => {
  it('takes whole replicas where they beat every cut, and says what the best cut does', () => {
    const { chosen, replicated, bestCut, single, byNodeCount, even } = planFor(request);
    assert.deepEqual(shapeOf(chosen), [[4, 3]]);
    assert.equal(chosen.itemsPerS, 3000 / 8.25);
    assert.equal(replicated, chosen);
    assert.equal(single?.itemsPerS, 1000 / 8.25);
    // 1 1 | 1 5 with two of the three nodes for the second: 2 / 6.25. 1 1 1 | 5 does 1 / 3.25.
    assert.deepEqual(bestCut && shapeOf(bestCut), [
      [2, 1],
      [4, 2],
    ]);
    assert.equal(bestCut?.itemsPerS, 2000 / 6.25);
    assert.deepEqual(
      byNodeCount.map((run) => run?.itemsPerS),
      [1, 2, 3].map((n) => (n * 1000) / 8.25),
    );
    // 1 1 | 1 5 and 1 1 | 1 | 5
    assert.deepEqual(
      even.map((run) => run?.itemsPerS),
      [1000 / 8.25, 1000 / 6.25, 1000 / 5.25],
    );
  });

  it('cuts where memory asks for it, and rows without enough nodes are empty', () => {
    const { chosen, byNodeCount, single, replicated } = planFor({ ...request, nodes: small });
    assert.deepEqual(shapeOf(chosen), [
      [2, 1],
      [4, 2],
    ]);
    assert.deepEqual([byNodeCount[0], single, replicated], [null, null, null]);
  });

  it('takes as few nodes as keep up with a rate, and its table says how fast the others are', () => {
    const { chosen, byNodeCount, single } = planFor({ ...request, goal: 'nodes', ratePerS: 200 });
    assert.deepEqual(shapeOf(chosen), [[4, 2]]);
    assert.equal(single, null);
    assert.equal(byNodeCount[1], chosen);
    assert.deepEqual(
      byNodeCount.map((run) => run?.stages[0]?.nodes.length),
      [1, 2, 3],
    );
  });

  it('prefers a fast node to a slow one that does as well for the goal', () => {
    const nodes = [nodeOf('slow', { speed: 0.5 }), nodeOf('fast')];
    const { chosen } = planFor({ ...request, nodes, goal: 'energy' });
    assert.deepEqual(chosen.stages[0]?.nodes, ['fast']);
  });

  it('says that similar nodes were taken for alike where there are more kinds than it tells apart', () => {
    const nodes = Array.from({ length: 9 }, (_, index) =>
      nodeOf(`n${index}`, { speed: 1 + index / 100 }),
    );
    const { proof, chosen } = planFor({ ...request, nodes, lanes: 9 });
    assert.equal(proof, 'kindsMerged');
    // All nine at the pace of the slowest, or nearly: no plan does better than all speeds together.
    assert(chosen.itemsPerS >= 9000 / 8.25);
    assert(chosen.itemsPerS <= (1000 * 9.36) / 8.25);
  });

  for (const [what, change, code, message] of [
    ['no nodes', { nodes: [] }, 'NODES_INVALID', /no nodes/],
    ['two nodes of one name', { nodes: [nodeOf('x'), nodeOf('x')] }, 'NODES_INVALID', /called x/],
    ['no lanes', { lanes: 0 }, 'LANES_INVALID', /0 lanes/],
    ['the fewest nodes for no rate', { goal: 'nodes' }, 'RATE_INVALID', /no rate/],
    ['a rate of nothing', { goal: 'latency', ratePerS: 0 }, 'RATE_INVALID', /0 items a second/],
    [
      'an encoding that was not profiled',
      { encoding: 'f16' },
      'PROFILE_INCOMPLETE',
      /encoding f16/,
    ],
    [
      'a layer that fits on no node',
      { nodes: small.map((node) => ({ ...node, memoryBytes: 150 })) },
      'MEMORY_SHORT',
      /Layer layer-0 needs .* MiB in a worker, and the largest may use/,
    ],
    [
      'a network that does not fit on all nodes together',
      { nodes: small.slice(0, 1) },
      'MEMORY_SHORT',
      /the 1 workers that there is room for/,
    ],
    [
      'a rate that no plan reaches, and says which one it does',
      { goal: 'nodes', ratePerS: 1000 },
      'RATE_UNREACHABLE',
      /fastest plan does 363\.6/,
    ],
  ] as const) {
    it(`refuses ${what}`, () => {
      assert.throws(() => planFor({ ...request, ...change }), { code, message });
    });
  }
});

describe('strategies', () => {
  it('optimal is what planFor chooses', () => {
    assert.deepEqual(optimalPlan.plan(request), planFor(request).chosen);
  });

  it('even gives each node in turn the same number of layers', () => {
    const { strategy, stages } = evenPlan(2).plan(request);
    assert.equal(strategy, 'even');
    assert.deepEqual(
      stages.map(({ layers, nodes }) => [layers.from, layers.to, ...nodes]),
      [
        [0, 2, 'x'],
        [2, 4, 'y'],
      ],
    );
  });

  it('even refuses more sub-models than nodes or layers, and what does not fit', () => {
    assert.throws(() => evenPlan(4).plan(request), { code: 'NODES_INVALID' });
    assert.throws(() => evenPlan(5).plan(request), { code: 'TOO_MANY_STAGES' });
    assert.throws(() => evenPlan(1).plan({ ...request, nodes: small }), { code: 'MEMORY_SHORT' });
  });

  it('manual keeps the cuts and puts them where they do best', () => {
    const run = manualPlan([3]).plan(request);
    assert.equal(run.strategy, 'manual');
    assert.deepEqual(shapeOf(run), [
      [3, 1],
      [4, 2],
    ]);
    assert.equal(run.itemsPerS, 1000 / 3.25);
  });

  it('manual refuses cuts and nodes that there are not', () => {
    assert.throws(() => manualPlan([4]).plan(request), { code: 'CUTS_INVALID' });
    assert.throws(() => manualPlan([2], [['x']]).plan(request), { code: 'NODES_INVALID' });
    assert.throws(() => manualPlan([2], [['x'], ['w']]).plan(request), {
      code: 'NODES_INVALID',
      message: /node w/,
    });
    assert.throws(() => manualPlan([2], [['x'], ['x']]).plan(request), { code: 'NODES_INVALID' });
    assert.throws(() => manualPlan([3]).plan({ ...request, nodes: small }), {
      code: 'MEMORY_SHORT',
      message: /from layer-0 to layer-2/,
    });
  });
});
