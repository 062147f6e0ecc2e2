import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CostModel } from '../../../../src/partition/planner/cost-model.js';
import { manualPlan } from '../../../../src/partition/planner/manual-plan.js';
import type { PlanRequest } from '../../../../src/partition/planner/plan-request.js';
import { layer, nodeOf, profileOf } from './requests.js';

/** Two layers of 1 ms and 3 ms an item; a record of 16 costs 16 ms, an item 0.5 ms, a byte nothing. */
const profile = profileOf(
  [layer('a', 2, 16, 100, 1), layer('b', 4, 48, 200, 2)],
  [1000, 2000, 500],
  { recordMs: 16, itemMs: 0.5, nsPerByte: 0 },
);
const request: PlanRequest = {
  profile,
  nodes: [nodeOf('x'), nodeOf('y', { speed: 2 }), nodeOf('z', { speed: 2, cores: 0.5 })],
  goal: 'throughput',
  lanes: 4,
  encoding: 'raw',
};

// All expected values are reckoned by hand from docs/planning.md.
describe('what a plan is expected to do', () => {
  it('a stage takes its layers and a hop for each item, at the speed of its slowest worker', () => {
    const { stages, itemsPerS, bottleneck } = manualPlan([1], [['x'], ['y']]).plan(request);
    const [first, second] = stages;
    // Layer 1 ms, hop 16 / 16 + 0.5 ms.
    assert.equal(first?.computeMs, 1);
    assert.equal(first.hopMs, 1.5);
    assert.equal(first.itemsPerS, 400);
    // (3 + 1.5) / 2 ms.
    assert.equal(second?.computeMs, 1.5);
    assert.equal(second.hopMs, 0.75);
    assert.equal(second.itemsPerS, 1000 / 2.25);
    assert.deepEqual([itemsPerS, bottleneck], [400, 1]);
  });

  it('the engine’s call comes on top of the layers, once for each stage', () => {
    const { layers, cuts } = profile;
    const bytes = cuts.map(({ raw = 0 }) => raw);
    const hop = { recordMs: 16, itemMs: 0.5, nsPerByte: 0 };
    const called = profileOf(layers, bytes, hop, { oneMs: 3, recordMs: 8 });
    const whole = manualPlan([], [['x']]).plan({ ...request, profile: called });
    const cut = manualPlan([1], [['x'], ['y']]).plan({ ...request, profile: called });
    // 8 ms a record of 16 items, on y in half of the time.
    assert.equal(whole.stages[0]?.computeMs, 1 + 3 + 0.5);
    assert.deepEqual(
      cut.stages.map(({ computeMs }) => computeMs),
      [1 + 0.5, (3 + 0.5) / 2],
    );
    const uncalled = manualPlan([1], [['x'], ['y']]).plan(request);
    assert(Math.abs(cut.latencyMs - uncalled.latencyMs - 1.5 * (3 + 3 / 2)) < 1e-9);
  });

  it('half a core is half as much, but a lone item finds it as fast as a whole one', () => {
    const on = (node: string) => manualPlan([], [[node]]).plan(request);
    assert.equal(on('z').itemsPerS, on('y').itemsPerS / 2);
    assert.equal(on('z').latencyMs, on('y').latencyMs);
  });

  it('half a core of twice the speed is as fast as a whole core', () => {
    const { stages } = manualPlan([1], [['x'], ['z']]).plan(request);
    assert.equal(stages[1]?.itemsPerS, 1000 / 4.5);
  });

  it('of three workers on four lanes one has two lanes, and they do twice what the slowest does', () => {
    const { itemsPerS } = manualPlan([], [['x', 'y', 'z']]).plan(request);
    assert.equal(itemsPerS, (2 * 1000) / 5.5);
  });

  it('a slow link holds a stage up, and the plan says so', () => {
    const slow = { ...request, nodes: [nodeOf('x', { uploadBytesPerS: 50_000 }), nodeOf('y')] };
    const { stages } = manualPlan([1], [['x'], ['y']]).plan(slow);
    assert.equal(stages[0]?.limit, 'upload');
    assert.equal(stages[0].itemsPerS, 25);
    assert.equal(stages[1]?.limit, 'processor');
  });

  it('bytes of each hop go there and back, and each bit of them costs 10 pJ', () => {
    const run = manualPlan([1], [['x'], ['y']]).plan(request);
    assert.equal(run.networkBytesPerS, 400 * 2 * 3500);
    assert(Math.abs(run.energyJPerItem - 2 * 3500 * 8 * 10e-12) < 1e-18);
  });

  it('a lone item waits for the smallest batch of each layer, each hop and each round trip', () => {
    const { latencyMs } = manualPlan([], [['y']]).plan(request);
    // Stage: (2 + 4) / 2 ms, 1,500 bytes at 1 GB/s, a round trip. Windower and sink: a round trip
    // each, and the same 1,500 bytes. After a rest, processors take 1.5 times as long.
    const expected = 1.5 * 3 + 0.0015 + 1 + 2 * 1 + 0.0015;
    assert(Math.abs(latencyMs - expected) < 1e-9, String(latencyMs));
  });

  it('a worker needs its process, its weights and the two largest outputs of a record', () => {
    const model = new CostModel(profile, 'raw');
    assert.equal(model.memoryBytes({ from: 0, to: 2 }), 100 + 300 + 16 * 3);
    assert.equal(model.memoryBytes({ from: 1, to: 2 }), 100 + 200 + 16 * 2);
  });

  it('the time of a record lies on the line between the batches that were measured', () => {
    const times = [
      { batch: 8, ms: { median: 8, spread: 0 } },
      { batch: 32, ms: { median: 20, spread: 0 } },
    ];
    const measured = (recordItems: number): number => {
      const layers = [{ ...layer('a', 1, 1, 0, 0), times }];
      const model = new CostModel(
        { ...profile, recordItems, layers, cuts: [{ raw: 1 }, { raw: 1 }] },
        'raw',
      );
      return model.layersMs({ from: 0, to: 1 });
    };
    assert.equal(measured(16), 12 / 16);
    assert.equal(measured(32), 20 / 32);
    assert.equal(measured(64), 40 / 64);
    assert.equal(measured(4), 8 / 4);
  });

  it('a node with several cores has a worker for each, which share its memory and links', () => {
    const nodes = [nodeOf('x', { cores: 2.5, memoryBytes: 900, uploadBytesPerS: 100_000 })];
    const run = manualPlan([1], [['x'], ['x']]).plan({ ...request, nodes });
    assert.deepEqual(
      run.stages.map((stage) => stage.nodes),
      [['x'], ['x']],
    );
    assert.equal(run.stages[0]?.itemsPerS, 25);
    assert.throws(
      () =>
        manualPlan([], [['x']]).plan({
          ...request,
          nodes: [{ ...(nodes[0] ?? nodeOf('x')), memoryBytes: 800 }],
        }),
      {
        code: 'MEMORY_SHORT',
      },
    );
  });
});
