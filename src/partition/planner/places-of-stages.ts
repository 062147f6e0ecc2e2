import type { StageOnPlaces } from './describe-run.js';
import type { PlanProblem } from './plan-problem.js';
import type { Place } from './places.js';
import type { StageOptions } from './stage-options.js';

/** Stages of a plan, as a search gives them. */
export interface ChosenStages {
  readonly options: StageOptions;
  /** Their indices there, in the plan's order. */
  readonly chosen: readonly number[];
}

/** A place with its kind, and the worker that has it. */
interface Seat {
  readonly place: Place;
  readonly kind: number;
  worker: Worker | undefined;
}

interface Worker {
  readonly stage: number;
  /** Set of kinds that it may be on. */
  readonly kinds: number;
}

/**
 * Gives each worker of the chosen stages a place of a kind that it may be on; a search has made
 * sure that there are enough.
 */
export function placesOfStages(
  problem: PlanProblem,
  { options, chosen }: ChosenStages,
): StageOnPlaces[] {
  const seats = problem.kinds.flatMap(({ places }, kind) =>
    places.map((place): Seat => ({ place, kind, worker: undefined })),
  );
  for (const [stage, option] of chosen.entries()) {
    const kinds = options.kinds[option] ?? 0;
    for (let count = 0; count < (options.workers[option] ?? 0); count += 1) {
      seat({ stage, kinds }, seats, new Set());
    }
  }
  let from = 0;
  return chosen.map((option, stage) => {
    const to = options.to[option] ?? problem.layerCount;
    const layers = { from, to };
    from = to;
    const places = seats.filter(({ worker }) => worker?.stage === stage);
    return { layers, places: places.map(({ place }) => place) };
  });
}

/**
 * Seats a worker, and moves others where it must.
 * @see Kuhn, The Hungarian method (1955): augmenting paths
 */
function seat(worker: Worker, seats: readonly Seat[], tried: Set<Seat>): boolean {
  const suitable = seats.filter(({ kind }) => (worker.kinds >> kind) & 1);
  const free = suitable.find((one) => one.worker === undefined);
  if (free !== undefined) {
    free.worker = worker;
    return true;
  }
  for (const taken of suitable) {
    if (tried.has(taken)) continue;
    tried.add(taken);
    if (taken.worker !== undefined && seat(taken.worker, seats, tried)) {
      taken.worker = worker;
      return true;
    }
  }
  return false;
}
