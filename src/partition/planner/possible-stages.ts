import { leastPrice, type Bound } from './bound.js';
import type { PlanProblem } from './plan-problem.js';
import { certain, type Scarcity } from './scarcity.js';
import type { StageOptions } from './stage-options.js';
import { StageSearch, type SearchResult } from './stage-search.js';

/** Partial plans for a first look; mostly it finds a plan where there is one. */
const firstLook = 200;
const firstRounds = 4;
const moreRounds = 24;

/**
 * Any stages for which there are places; undefined if there are none.
 * @param options with no price
 * @param effort partial plans to look at before giving up
 */
export function possibleStages(
  problem: PlanProblem,
  options: StageOptions,
  maxWorkers: number,
  scarcity: Scarcity,
  effort: number,
): SearchResult {
  const counted = scarcity.countBound(options);
  const impossible: SearchResult = { found: undefined, isComplete: true };
  if (leastPrice(counted) > certain) return impossible;
  const first = scarcity.bound(options, firstRounds);
  if (leastPrice(first) > certain) return impossible;
  const look = search([first, counted], Math.min(firstLook, effort));
  if (look.found !== undefined || look.isComplete || effort <= firstLook) return look;
  const second = scarcity.bound(options, moreRounds);
  if (leastPrice(second) > certain) return impossible;
  return search([second, counted], effort);

  function search(bounds: readonly Bound[], steps: number): SearchResult {
    const limits = { maxWorkers, below: certain, isFirstEnough: true, effort: steps };
    return new StageSearch(problem, options, bounds, limits).run();
  }
}
