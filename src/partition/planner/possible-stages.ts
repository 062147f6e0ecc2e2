import { leastPrice, type Bound } from './bound.js';
import type { PlanProblem } from './plan-problem.js';
import { certain, type Scarcity } from './scarcity.js';
import type { StageOptions } from './stage-options.js';
import { searchWidth, StageSearch, type SearchResult } from './stage-search.js';

/** Width of a first look; mostly it finds a plan where there is one. */
const firstLook = 3;
const firstRounds = 4;
const moreRounds = 24;

/**
 * Any stages for which there are places; undefined if there are none.
 * @param options with no price
 * @param effort about so many partial plans are looked at for each layer, before the search gives up
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
  const width = searchWidth(options, effort);
  const look = search(first, Math.min(firstLook, width));
  if (look.found !== undefined || look.isComplete || width <= firstLook) return look;
  const second = scarcity.bound(options, moreRounds);
  if (leastPrice(second) > certain) return impossible;
  return search(second, width);

  function search(bound: Bound, most: number): SearchResult {
    const limits = { maxWorkers, below: certain, isFirstEnough: true, width: most };
    return new StageSearch(problem, options, bound, limits).run();
  }
}
