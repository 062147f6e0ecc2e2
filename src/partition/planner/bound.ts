import type { PlanProblem } from './plan-problem.js';
import type { StageOptions } from './stage-options.js';

/**
 * What a plan costs at least when workers are not limited in number but have a rent, by kind: a
 * Lagrangian relaxation. The rent of the places that there are comes off, so that no rent makes the
 * bound higher than the price of any plan with the places that there are.
 */
export interface Bound {
  /** By set of kinds: the least rent among them. */
  readonly rents: Float64Array;
  /** By layer: price and rent of the cheapest way from it to the end. */
  readonly toGo: Float64Array;
  /** Rent of all places that a plan may use. */
  readonly allRent: number;
}

/** Rent of a place by kind, and of each place that counts towards the limit of workers. */
export interface Rents {
  readonly byKind: Float64Array;
  readonly perWorker: number;
}

/** The least price of a plan, by a bound. */
export function leastPrice({ toGo, allRent }: Bound): number {
  return (toGo[0] ?? Infinity) - allRent;
}

/** The bound that rents make. `maxWorkers` are the most of the whole plan. */
export function boundOf(
  problem: PlanProblem,
  options: StageOptions,
  { byKind, perWorker }: Rents,
  maxWorkers: number,
): Bound {
  const { layerCount, kinds, supply } = problem;
  const rents = new Float64Array(supply.length).fill(Infinity);
  for (let set = 1; set < rents.length; set += 1) {
    for (let kind = 0; kind < kinds.length; kind += 1) {
      if ((set >> kind) & 1) {
        rents[set] = Math.min(rents[set] ?? Infinity, (byKind[kind] ?? 0) + perWorker);
      }
    }
  }
  const toGo = new Float64Array(layerCount + 1).fill(Infinity);
  toGo[layerCount] = 0;
  const { starts, to, workers, price } = options;
  for (let from = layerCount - 1; from >= 0; from -= 1) {
    let least = Infinity;
    const end = starts[from + 1] ?? 0;
    for (let option = starts[from] ?? 0; option < end; option += 1) {
      const cost =
        (price[option] ?? 0) +
        (workers[option] ?? 0) * (rents[options.kinds[option] ?? 0] ?? Infinity) +
        (toGo[to[option] ?? 0] ?? Infinity);
      if (cost < least) least = cost;
    }
    toGo[from] = least;
  }
  const allRent = kinds.reduce(
    (sum, { places }, kind) => sum + places.length * (byKind[kind] ?? 0),
    perWorker * maxWorkers,
  );
  return { rents, toGo, allRent };
}

/** Workers of each kind that the cheapest way has; of kinds with one rent it takes the least used. */
export function usedByCheapest(
  { byKind }: Rents,
  problem: PlanProblem,
  options: StageOptions,
  { rents, toGo }: Bound,
): number[] | undefined {
  const used = problem.kinds.map(() => 0);
  let from = 0;
  while (from < problem.layerCount) {
    const option = cheapestOption(options, from, rents, toGo);
    if (option === undefined) return undefined;
    const set = options.kinds[option] ?? 0;
    for (let worker = 0; worker < (options.workers[option] ?? 0); worker += 1) {
      let chosen = -1;
      for (let kind = 0; kind < used.length; kind += 1) {
        if (!((set >> kind) & 1)) continue;
        const [rent, chosenRent] = [byKind[kind] ?? 0, byKind[chosen] ?? Infinity];
        const left = (problem.kinds[kind]?.places.length ?? 0) - (used[kind] ?? 0);
        const chosenLeft = (problem.kinds[chosen]?.places.length ?? 0) - (used[chosen] ?? 0);
        if (rent < chosenRent || (rent === chosenRent && left > chosenLeft)) chosen = kind;
      }
      used[chosen] = (used[chosen] ?? 0) + 1;
    }
    from = options.to[option] ?? problem.layerCount;
  }
  return used;
}

function cheapestOption(
  { starts, to, workers, kinds, price }: StageOptions,
  from: number,
  rents: Float64Array,
  toGo: Float64Array,
): number | undefined {
  let [least, chosen]: [number, number | undefined] = [Infinity, undefined];
  const end = starts[from + 1] ?? 0;
  for (let option = starts[from] ?? 0; option < end; option += 1) {
    const cost =
      (price[option] ?? 0) +
      (workers[option] ?? 0) * (rents[kinds[option] ?? 0] ?? Infinity) +
      (toGo[to[option] ?? 0] ?? Infinity);
    if (cost < least) [least, chosen] = [cost, option];
  }
  return chosen;
}
