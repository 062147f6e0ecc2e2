import { leastPrice, type Bound } from './bound.js';
import type { PlanProblem } from './plan-problem.js';
import { freeBound, raisedBound } from './priced-bound.js';
import type { StageOptions } from './stage-options.js';
import { searchWidth, StageSearch, type FoundStages, type SearchResult } from './stage-search.js';

/** Width of a first look before the bound is raised; mostly it finds something good. */
const firstLook = 8;

/** The cheapest stages that were found, and what is known of cheaper ones. */
export interface CheapestStages {
  /** Undefined where none were found. */
  readonly found: FoundStages | undefined;
  /** No stages cost less: the price of those found, if the search was complete; Infinity if there are none. */
  readonly leastPrice: number;
}

/**
 * Looks for the stages with the least sum of prices for which there are places.
 * @param effort about so many partial plans are looked at for each layer, before the search gives up
 */
export function cheapestStages(
  problem: PlanProblem,
  options: StageOptions,
  maxWorkers: number,
  effort: number,
): CheapestStages {
  const free = freeBound(problem, options);
  if (leastPrice(free) === Infinity) return complete(undefined);
  const width = searchWidth(options, effort);
  const first = search(free, Infinity, Math.min(width, firstLook));
  if (first.isComplete) return complete(first.found);
  const enough = first.found?.price ?? dearest(problem, options);
  const raised = raisedBound(problem, options, maxWorkers, enough);
  const second = search(raised, first.found?.price ?? Infinity, width);
  const found = second.found ?? first.found;
  return second.isComplete ? complete(found) : { found, leastPrice: leastPrice(raised) };

  function search(bound: Bound, below: number, most: number): SearchResult {
    const limits = { maxWorkers, below, isFirstEnough: false, width: most };
    return new StageSearch(problem, options, bound, limits).run();
  }
}

function complete(found: FoundStages | undefined): CheapestStages {
  return { found, leastPrice: found?.price ?? Infinity };
}

/** No plan has a higher price. */
function dearest({ layerCount }: PlanProblem, { price }: StageOptions): number {
  return layerCount * price.reduce((most, one) => Math.max(most, one), 0) + 1;
}
