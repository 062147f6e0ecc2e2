import { leastPrice, type Bound } from './bound.js';
import type { PlanProblem } from './plan-problem.js';
import type { StageOptions } from './stage-options.js';

/** Stages that make a plan, as indices of options, and their price. */
export interface FoundStages {
  readonly options: readonly number[];
  readonly price: number;
}

/** How far a search goes. */
export interface SearchLimits {
  readonly maxWorkers: number;
  /** Only what costs less is of interest. */
  readonly below: number;
  /** Whether the first plan that costs less is good enough. */
  readonly isFirstEnough: boolean;
  /** Partial plans to look at before giving up. */
  readonly effort: number;
}

/** What a search has found. */
export interface SearchResult {
  readonly found: FoundStages | undefined;
  /** False where it gave up: there may be something better. */
  readonly isComplete: boolean;
}

/** A partial plan that was looked at, with all of its continuations. */
interface Seen {
  readonly used: Int32Array;
  readonly price: number;
}

/** So many partial plans are kept of a layer, to pass over what is no better. */
const maxSeen = 400;

/**
 * Looks for the cheapest stages by branch and bound, layer by layer, the most promising option
 * first. A partial plan is left when a bound says that no continuation is below the best plan so
 * far, or when another one got to the same layer with no more workers and no higher price.
 *
 * It does not decide which places a stage gets, only from which kinds they may be. By Hall's
 * theorem there are places for all stages if, and only if, for each set of kinds the stages that
 * may use no other have no more workers together than there are places. So a partial plan is known
 * by these numbers, and stages with workers of several kinds cost the search nothing.
 */
export class StageSearch {
  readonly #problem: PlanProblem;
  readonly #options: StageOptions;
  readonly #bounds: readonly Bound[];
  readonly #limits: SearchLimits;
  /** Sets of kinds whose places may become short, and how many there are. */
  readonly #sets: readonly number[];
  readonly #room: Int32Array;
  readonly #used: Int32Array;
  readonly #rentUsed: Float64Array;
  readonly #path: number[] = [];
  readonly #order: (Int32Array | undefined)[] = [];
  readonly #seen: Seen[][];
  #found: FoundStages | undefined;
  #below: number;
  #effort: number;
  #isDone = false;

  /** @param bounds of these options; the tightest one first, and one at least */
  constructor(
    problem: PlanProblem,
    options: StageOptions,
    bounds: readonly Bound[],
    limits: SearchLimits,
  ) {
    this.#problem = problem;
    this.#options = options;
    this.#bounds = bounds;
    this.#limits = limits;
    this.#sets = scarceSets(options, problem);
    const all = problem.supply.length - 1;
    this.#room = Int32Array.from(this.#sets, (set) =>
      Math.min(problem.supply[set] ?? 0, set === all ? limits.maxWorkers : Infinity),
    );
    this.#used = new Int32Array(this.#sets.length);
    this.#rentUsed = new Float64Array(bounds.length);
    this.#seen = Array.from({ length: problem.layerCount }, () => []);
    this.#below = limits.below;
    this.#effort = limits.effort;
  }

  run(): SearchResult {
    if (this.#bounds.every((bound) => leastPrice(bound) < this.#below)) this.#from(0, 0);
    return { found: this.#found, isComplete: this.#effort >= 0 };
  }

  #from(layer: number, price: number): void {
    if (layer === this.#problem.layerCount) {
      this.#found = { options: [...this.#path], price };
      this.#below = price;
      this.#isDone = this.#limits.isFirstEnough;
      return;
    }
    if (this.#isSeen(layer, price)) return;
    const order = this.#orderAt(layer);
    for (const option of order) {
      if (this.#isDone) return;
      if (!this.#isPromising(0, option, price)) break;
      if ((this.#effort -= 1) < 0) {
        this.#isDone = true;
        return;
      }
      if (this.#bounds.every((_, index) => this.#isPromising(index, option, price))) {
        this.#take(option, price);
      }
    }
    if (!this.#isDone) this.#see(layer, price);
  }

  #take(option: number, price: number): void {
    const workers = this.#options.workers[option] ?? 0;
    const kinds = this.#options.kinds[option] ?? 0;
    if (!this.#use(kinds, workers)) return;
    this.#path.push(option);
    this.#from(this.#options.to[option] ?? 0, price + (this.#options.price[option] ?? 0));
    this.#path.pop();
    this.#use(kinds, -workers);
  }

  /** @returns false, and nothing is used, where there are too few places */
  #use(kinds: number, workers: number): boolean {
    for (let index = 0; index < this.#sets.length; index += 1) {
      if ((kinds & ~(this.#sets[index] ?? 0)) !== 0) continue;
      if ((this.#used[index] ?? 0) + workers > (this.#room[index] ?? 0)) return false;
    }
    for (let index = 0; index < this.#sets.length; index += 1) {
      if ((kinds & ~(this.#sets[index] ?? 0)) !== 0) continue;
      this.#used[index] = (this.#used[index] ?? 0) + workers;
    }
    for (const [index, { rents }] of this.#bounds.entries()) {
      this.#rentUsed[index] = (this.#rentUsed[index] ?? 0) + workers * (rents[kinds] ?? 0);
    }
    return true;
  }

  /** Whether a plan with this option next may be below the best one. */
  #isPromising(index: number, option: number, price: number): boolean {
    const bound = this.#bounds[index];
    if (bound === undefined) return true;
    const { to, workers, kinds } = this.#options;
    const least =
      price +
      (this.#options.price[option] ?? 0) +
      (workers[option] ?? 0) * (bound.rents[kinds[option] ?? 0] ?? 0) +
      (bound.toGo[to[option] ?? 0] ?? Infinity) -
      (bound.allRent - (this.#rentUsed[index] ?? 0));
    return least * (1 + 1e-12) < this.#below;
  }

  #orderAt(layer: number): Int32Array {
    const known = this.#order[layer];
    if (known !== undefined) return known;
    const [bound] = this.#bounds;
    const { starts, to, workers, kinds, price } = this.#options;
    const start = starts[layer] ?? 0;
    const costs = Float64Array.from({ length: (starts[layer + 1] ?? 0) - start }, (_, index) => {
      const option = start + index;
      return (
        (price[option] ?? 0) +
        (workers[option] ?? 0) * (bound?.rents[kinds[option] ?? 0] ?? 0) +
        (bound?.toGo[to[option] ?? 0] ?? Infinity)
      );
    });
    const order = Int32Array.from(costs, (_, index) => start + index).sort(
      (a, b) => (costs[a - start] ?? 0) - (costs[b - start] ?? 0) || (to[b] ?? 0) - (to[a] ?? 0),
    );
    this.#order[layer] = order;
    return order;
  }

  #isSeen(layer: number, price: number): boolean {
    for (const seen of this.#seen[layer] ?? []) {
      if (seen.price > price) continue;
      let index = 0;
      while (index < seen.used.length && (seen.used[index] ?? 0) <= (this.#used[index] ?? 0)) {
        index += 1;
      }
      if (index === seen.used.length) return true;
    }
    return false;
  }

  #see(layer: number, price: number): void {
    const seen = this.#seen[layer];
    if (seen === undefined) return;
    if (seen.length === maxSeen) seen.shift();
    seen.push({ used: this.#used.slice(), price });
  }
}

/**
 * The sets of kinds that some options' sets make together, and the set of all. Of any other set,
 * the stages that may use no kind outside are those of one of these.
 */
function scarceSets({ kinds }: StageOptions, { supply }: PlanProblem): number[] {
  const all = supply.length - 1;
  const isOption = new Uint8Array(supply.length);
  for (const set of kinds) isOption[set] = 1;
  const within = new Int32Array(supply.length);
  const scarce: number[] = [];
  for (let set = 1; set <= all; set += 1) {
    let union = isOption[set] === 1 ? set : 0;
    for (let kind = 1; kind <= set; kind *= 2) {
      if ((set & kind) !== 0) union |= within[set ^ kind] ?? 0;
    }
    within[set] = union;
    if (union === set || set === all) scarce.push(set);
  }
  return scarce;
}
