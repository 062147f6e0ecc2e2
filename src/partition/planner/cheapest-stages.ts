import { leastPrice, type Bound } from './bound.js';
import type { PlanProblem } from './plan-problem.js';
import { freeBound, raisedBound } from './priced-bound.js';
import type { StageOptions } from './stage-options.js';
import { StageSearch, type SearchResult } from './stage-search.js';

/** What is asked of {@link cheapestStages}. */
export interface CheapestRequest {
  readonly maxWorkers: number;
  /** Only what costs less is of interest; known to be no less than the price of some plan, or Infinity. */
  readonly below: number;
  readonly isFirstEnough: boolean;
  /** Partial plans to look at before giving up. */
  readonly effort: number;
}

/** Of the effort, for a first look before the bound is raised: mostly it finds something good. */
const firstLook = 300;

/** The stages with the least sum of prices for which there are places; undefined if there are none. */
export function cheapestStages(
  problem: PlanProblem,
  options: StageOptions,
  { maxWorkers, below, isFirstEnough, effort }: CheapestRequest,
): SearchResult {
  const free = freeBound(problem, options);
  if (leastPrice(free) >= below) return { found: undefined, isComplete: true };
  const first = search([free], below, Math.min(effort, firstLook));
  if (first.isComplete || (isFirstEnough && first.found !== undefined)) return first;
  const { found } = first;
  const enough = found?.price ?? (below < Infinity ? below : dearest(problem, options));
  const raised = raisedBound(problem, options, maxWorkers, enough);
  const rest = search([raised, free], found?.price ?? below, effort);
  return { found: rest.found ?? found, isComplete: rest.isComplete };

  function search(bounds: readonly Bound[], limit: number, steps: number): SearchResult {
    const limits = { maxWorkers, below: limit, isFirstEnough, effort: steps };
    return new StageSearch(problem, options, bounds, limits).run();
  }
}

/** No plan has a higher price. */
function dearest({ layerCount }: PlanProblem, { price }: StageOptions): number {
  return layerCount * price.reduce((most, one) => Math.max(most, one), 0) + 1;
}
