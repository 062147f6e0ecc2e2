import { checkRequest } from './check-request.js';
import { evenRun } from './even-plan.js';
import { noPlanError } from './no-plan-error.js';
import { PlanFinder } from './plan-finder.js';
import { placesOf } from './places.js';
import type { Goal, PlanRequest } from './plan-request.js';
import type { PlanTable } from './plan-table.js';
import { workersOf, type PlannedRun } from './planned-run.js';

/** With more places than these the rows that are not chosen may miss their best by a little. */
const exactRows = 12;

/**
 * Chooses how many workers to use, where to cut, and what runs where, by the cost model of
 * docs/planning.md, and says what else there is.
 *
 * @throws {PartitionError} NODES_INVALID, LANES_INVALID, RATE_INVALID, PROFILE_INCOMPLETE,
 *   MEMORY_SHORT, RATE_UNREACHABLE
 */
export function planFor(request: PlanRequest): PlanTable {
  checkRequest(request);
  const finder = new PlanFinder(request);
  const { goal } = request;
  const maxWorkers = finder.placeCount;
  const places = placesOf(request.nodes);
  const { chosen, byNodeCount } = goal === 'nodes' ? fewest(finder) : best(finder, goal);
  if (chosen === undefined) throw noPlanError(finder, request);
  const isCut = chosen.stages.length > 1;
  const { layerCount } = finder.model;
  const isWhole = (from: number, to: number): boolean => from === 0 && to === layerCount;
  const isPart = (from: number, to: number): boolean => !isWhole(from, to);
  return {
    chosen,
    byNodeCount,
    single: finder.best(goal, { maxWorkers: 1 }) ?? null,
    replicated: isCut ? (finder.best(goal, { maxWorkers, isAllowed: isWhole }) ?? null) : chosen,
    bestCut: isCut ? chosen : (finder.best(goal, { maxWorkers, isAllowed: isPart }) ?? null),
    even: places.map((_, last) => {
      return evenRun(places.slice(0, last + 1), finder.model, request.lanes) ?? null;
    }),
    proof: finder.areKindsMerged ? 'kindsMerged' : finder.gaveUp ? 'cutShort' : 'complete',
  };
}

interface Rows {
  readonly chosen: PlannedRun | undefined;
  readonly byNodeCount: readonly (PlannedRun | null)[];
}

function best(finder: PlanFinder, goal: Exclude<Goal, 'nodes'>): Rows {
  const byNodeCount = goal === 'throughput' ? fastestRows(finder) : cheapestRows(finder, goal);
  return { chosen: byNodeCount.at(-1) ?? undefined, byNodeCount };
}

function fewest(finder: PlanFinder): Rows {
  const chosen = finder.best('nodes', { maxWorkers: finder.placeCount });
  if (chosen === undefined) return { chosen, byNodeCount: [] };
  return { chosen, byNodeCount: fastestRows(finder).with(workersOf(chosen) - 1, chosen) };
}

/** From one worker on: each row begins at the rate of the one before. */
function fastestRows(finder: PlanFinder): (PlannedRun | null)[] {
  const rows: (PlannedRun | null)[] = [];
  const last = finder.placeCount;
  for (let maxWorkers = 1; maxWorkers <= last; maxWorkers += 1) {
    const isRough = last > exactRows && maxWorkers < last;
    rows.push(finder.fastest({ maxWorkers, isRough }, rows.at(-1) ?? undefined) ?? null);
  }
  return rows;
}

/**
 * From all workers down: the best plan is that of all rows that have as many workers as it. With
 * fewer than keep up with the rate there is none.
 */
function cheapestRows(finder: PlanFinder, goal: Goal): (PlannedRun | null)[] {
  const rows = Array.from({ length: finder.placeCount }, (): PlannedRun | null => null);
  const fewest = finder.best('nodes', { maxWorkers: finder.placeCount });
  if (fewest === undefined) return rows;
  let maxWorkers = finder.placeCount;
  while (maxWorkers >= workersOf(fewest)) {
    const isRough = finder.placeCount > exactRows && maxWorkers < finder.placeCount;
    const run = finder.best(goal, { maxWorkers, isRough }) ?? fewest;
    const workers = workersOf(run);
    rows.fill(run, workers - 1, maxWorkers);
    maxWorkers = workers - 1;
  }
  return rows;
}
