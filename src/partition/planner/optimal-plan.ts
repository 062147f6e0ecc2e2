import { checkRequest } from './check-request.js';
import { noPlanError } from './no-plan-error.js';
import { PlanFinder } from './plan-finder.js';
import type { PlanningStrategy } from './planning-strategy.js';

/**
 * The best plan for the request's goal; of equally good ones that with the fewest workers, then
 * stages, then bytes.
 *
 * Its `plan` throws MEMORY_SHORT or RATE_UNREACHABLE.
 */
export const optimalPlan: PlanningStrategy = {
  name: 'optimal',
  plan(request) {
    checkRequest(request);
    const finder = new PlanFinder(request);
    const found = finder.best(request.goal, { maxWorkers: finder.placeCount });
    if (found === undefined) throw noPlanError(finder, request);
    return found;
  },
};
