import { boundOf, leastPrice, usedByCheapest, type Bound, type Rents } from './bound.js';
import type { PlanProblem } from './plan-problem.js';
import type { StageOptions } from './stage-options.js';

/** The bound without rents. */
export function freeBound(problem: PlanProblem, options: StageOptions): Bound {
  return boundOf(problem, options, noRents(problem), problem.placeCount);
}

const rounds = 40;
/** Rounds without a better bound until the steps become smaller. */
const patience = 4;

/**
 * Raises the rents of kinds that the cheapest way uses more of than there are, and lowers the
 * others', until the bound reaches `enough` or no longer gets better.
 * @param enough a price above which no plan is of interest
 * @see Polyak, Minimization of unsmooth functionals (1969): the length of the steps
 */
export function raisedBound(
  problem: PlanProblem,
  options: StageOptions,
  maxWorkers: number,
  enough: number,
): Bound {
  let rents = noRents(problem);
  let bound = boundOf(problem, options, rents, maxWorkers);
  let best = bound;
  let [pace, sinceBest] = [1, 0];
  for (let round = 0; round < rounds; round += 1) {
    const missing = enough - leastPrice(bound);
    const used = usedByCheapest(rents, problem, options, bound);
    if (missing <= 0 || used === undefined) break;
    const moved = movedRents(rents, problem, used, maxWorkers, pace * missing);
    if (moved === undefined) break;
    rents = moved;
    bound = boundOf(problem, options, rents, maxWorkers);
    if (leastPrice(bound) > leastPrice(best)) {
      best = bound;
      sinceBest = 0;
    } else if ((sinceBest += 1) === patience) {
      pace /= 2;
      sinceBest = 0;
    }
  }
  return best;
}

function noRents({ kinds }: PlanProblem): Rents {
  return { byKind: new Float64Array(kinds.length), perWorker: 0 };
}

/** @returns undefined where the cheapest way uses no more than there is */
function movedRents(
  { byKind, perWorker }: Rents,
  problem: PlanProblem,
  used: readonly number[],
  maxWorkers: number,
  missing: number,
): Rents | undefined {
  // What is not scarce and has no rent stays as it is.
  const move = (excess: number, rent: number): number => (excess < 0 && rent === 0 ? 0 : excess);
  const moves = problem.kinds.map(({ places }, kind) =>
    move((used[kind] ?? 0) - places.length, byKind[kind] ?? 0),
  );
  const overAll = used.reduce((sum, count) => sum + count, 0) - maxWorkers;
  const moveAll = move(overAll, perWorker);
  const length = moves.reduce((sum, one) => sum + one * one, moveAll * moveAll);
  if (length === 0) return undefined;
  const step = missing / length;
  return {
    byKind: byKind.map((rent, kind) => Math.max(0, rent + step * (moves[kind] ?? 0))),
    perWorker: Math.max(0, perWorker + step * moveAll),
  };
}
