import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { PartitionError } from '../../../../src/partition/errors.js';
import { planFor } from '../../../../src/partition/planner/plan-for.js';
import type { PlanRequest } from '../../../../src/partition/planner/plan-request.js';
import type { PlanTable } from '../../../../src/partition/planner/plan-table.js';
import type { PlannedRun } from '../../../../src/partition/planner/planned-run.js';
import { allPlans, reckon, type ReckonedPlan } from './all-plans.js';
import { requests } from './requests.js';

const runs = { numRuns: 400 };
/** What sums in another order may differ by, and what the planner gives up for fewer workers. */
const close = 1e-6;

/** What the goal is about; the less the better. */
function worth(plan: ReckonedPlan, { goal }: PlanRequest): number {
  if (goal === 'throughput') return -plan.itemsPerS;
  if (goal === 'latency') return plan.latencyMs;
  return goal === 'energy' ? plan.energyJPerItem : plan.workers;
}

/** The plans that the request allows, and of them the least of what the goal is about. */
function bestOf(plans: readonly ReckonedPlan[], request: PlanRequest): number {
  return Math.min(...plans.map((plan) => worth(plan, request)));
}

function allowed(plans: readonly ReckonedPlan[], { goal, ratePerS = 0 }: PlanRequest) {
  const floor = goal === 'throughput' ? 0 : ratePerS;
  return plans.filter(({ itemsPerS }) => itemsPerS >= floor * (1 - 1e-9));
}

/** The run with the nodes that it names, as the brute force reckons it. */
function asReckoned(run: PlannedRun, request: PlanRequest): ReckonedPlan {
  const names = run.stages.flatMap(({ nodes }) => nodes);
  assert.equal(new Set(names).size, names.length, 'a node is used twice');
  const groups = run.stages.map(({ nodes }) =>
    nodes.map((name) => {
      const node = request.nodes.find((one) => one.name === name);
      assert(node, name);
      return node;
    }),
  );
  const plan = reckon(
    request,
    run.stages.slice(1).map(({ layers }) => layers.from),
    groups,
  );
  assert(plan, 'a worker has too little memory');
  return plan;
}

function assertClose(actual: number, expected: number, what: string): void {
  assert(
    Math.abs(actual - expected) <= close * Math.abs(expected),
    `${what}: ${actual}, but ${expected} by brute force`,
  );
}

/** Runs the planner; undefined, and the code checked, where brute force has found no plan. */
function planned(request: PlanRequest, plans: readonly ReckonedPlan[]): PlanTable | undefined {
  const possible = allowed(plans, request);
  if (possible.length > 0) return planFor(request);
  assert.throws(
    () => planFor(request),
    (error) =>
      error instanceof PartitionError &&
      error.code === (plans.length === 0 ? 'MEMORY_SHORT' : 'RATE_UNREACHABLE'),
  );
  return undefined;
}

describe('the planner, held against all plans', () => {
  it('no plan is better for the goal, and what it says of its own is so', () => {
    fc.assert(
      fc.property(requests, (request) => {
        const plans = [...allPlans(request)];
        const table = planned(request, plans);
        if (table === undefined) return;
        assert.equal(table.proof, 'complete');
        const { chosen } = table;
        const own = asReckoned(chosen, request);
        assertClose(chosen.itemsPerS, own.itemsPerS, 'items/s');
        assertClose(chosen.latencyMs, own.latencyMs, 'latency');
        assertClose(chosen.energyJPerItem, own.energyJPerItem, 'energy');
        assert.equal(allowed([own], request).length, 1, 'it is too slow');
        assertClose(worth(own, request), bestOf(allowed(plans, request), request), request.goal);
      }),
      runs,
    );
  });

  it('of equally good plans it is the one with the fewest workers, then stages, then bytes', () => {
    fc.assert(
      fc.property(requests, (request) => {
        const plans = [...allPlans(request)];
        const table = planned(request, plans);
        if (table === undefined) return;
        const best = bestOf(allowed(plans, request), request);
        const equal = allowed(plans, request).filter(
          (plan) => worth(plan, request) <= best + Math.abs(best) * 1e-10,
        );
        const rank = ({ workers, cuts, energyJPerItem }: ReckonedPlan): number[] =>
          // Bytes are whole here: a hop of one byte more is 1.6e-10 J.
          [workers, cuts.length, Math.round(energyJPerItem / 1.6e-10)];
        const compare = (a: number[], b: number[]): number =>
          a.reduce((sum, value, index) => sum || value - (b[index] ?? 0), 0);
        const [first] = equal.map(rank).sort(compare);
        assert.deepEqual(rank(asReckoned(table.chosen, request)), first);
      }),
      runs,
    );
  });

  it('each row of the table is the best with so many workers', () => {
    fc.assert(
      fc.property(requests, (asked) => {
        const plans = [...allPlans(asked)];
        const table = planned(asked, plans);
        if (table === undefined) return;
        const chosen = asReckoned(table.chosen, asked).workers;
        assert.equal(table.byNodeCount.length, asked.nodes.length);
        for (const [index, run] of table.byNodeCount.entries()) {
          if (asked.goal === 'nodes' && index + 1 === chosen) continue;
          const request: PlanRequest =
            asked.goal === 'nodes' ? { ...asked, goal: 'throughput' } : asked;
          const possible = allowed(plans, request).filter(({ workers }) => workers <= index + 1);
          assert.equal(run === null, possible.length === 0, `row ${index + 1}`);
          if (run === null) continue;
          const own = asReckoned(run, request);
          assert(own.workers <= index + 1);
          assertClose(worth(own, request), bestOf(possible, request), `row ${index + 1}`);
        }
      }),
      runs,
    );
  });

  it('one worker, whole replicas and cuts are each the best of their kind', () => {
    fc.assert(
      fc.property(requests, (request) => {
        const plans = [...allPlans(request)];
        const table = planned(request, plans);
        if (table === undefined) return;
        const kinds = [
          ['single', table.single, (plan: ReckonedPlan) => plan.workers === 1],
          ['replicated', table.replicated, (plan: ReckonedPlan) => plan.cuts.length === 0],
          ['bestCut', table.bestCut, (plan: ReckonedPlan) => plan.cuts.length > 0],
        ] as const;
        for (const [name, run, belongs] of kinds) {
          const possible = allowed(plans, request).filter(belongs);
          assert.equal(run === null, possible.length === 0, name);
          if (run === null) continue;
          const own = asReckoned(run, request);
          assert(belongs(own), name);
          assertClose(worth(own, request), bestOf(possible, request), name);
        }
      }),
      runs,
    );
  });
});
