import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { boundOf, leastPrice } from '../../../../src/partition/planner/bound.js';
import { CostModel } from '../../../../src/partition/planner/cost-model.js';
import { kindsOf } from '../../../../src/partition/planner/kinds.js';
import { placesOf } from '../../../../src/partition/planner/places.js';
import { planProblem } from '../../../../src/partition/planner/plan-problem.js';
import { freeBound, raisedBound } from '../../../../src/partition/planner/priced-bound.js';
import { stageOptions } from '../../../../src/partition/planner/stage-options.js';
import { StageSearch } from '../../../../src/partition/planner/stage-search.js';
import { requests } from './requests.js';

const rents = fc.array(fc.constantFrom(0, 0.3, 1, 20), { minLength: 4, maxLength: 4 });

describe('the search for stages', () => {
  it('finds stages of the same price whatever bound it goes by, and no bound is above it', () => {
    fc.assert(
      fc.property(
        requests,
        rents,
        fc.nat({ max: 2 }),
        (request, [perWorker = 0, ...byKind], cost) => {
          const model = new CostModel(request.profile, request.encoding);
          const problem = planProblem(model, kindsOf(placesOf(request.nodes)), request.lanes);
          const maxWorkers = Math.max(1, problem.placeCount - 1);
          const limits = { ratePerS: request.ratePerS ?? 0, maxWorkers };
          const options = stageOptions(problem, limits, {
            perWorker: cost === 0 ? 1 : 0,
            perStage: cost === 1 ? 1 : 0.01,
            perByte: 0.001,
            perMs: cost === 2 ? 1 : 0,
          });
          const given = Float64Array.from(problem.kinds, (_, kind) => byKind[kind] ?? 0);
          const bounds = [
            freeBound(problem, options),
            boundOf(problem, options, { byKind: given, perWorker }, maxWorkers),
            raisedBound(problem, options, maxWorkers, 1000),
          ];
          const prices = bounds.map((bound) => {
            const far = { maxWorkers, below: Infinity, isFirstEnough: false, width: 1000 };
            const { found, isComplete } = new StageSearch(problem, options, bound, far).run();
            assert(isComplete);
            const price = found?.price ?? Infinity;
            if (found) assert(leastPrice(bound) <= price * (1 + 1e-9) + 1e-9);
            return price;
          });
          const [first = NaN] = prices;
          for (const price of prices) {
            assert(price === first || Math.abs(price - first) <= 1e-9 * first, prices.join(' '));
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});
