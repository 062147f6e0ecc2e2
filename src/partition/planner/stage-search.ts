import { leastPrice, type Bound } from './bound.js';
import type { PlanProblem } from './plan-problem.js';
import { ScarceSets } from './scarce-sets.js';
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
  /** Partial plans up to one layer that are gone on with: the most promising ones. */
  readonly width: number;
}

/** What a search has found. */
export interface SearchResult {
  readonly found: FoundStages | undefined;
  /** False where the width was too small for all that was promising: there may be something better. */
  readonly isComplete: boolean;
}

/** The width with which a search takes about so much effort: with fewer options it can be wider. */
export function searchWidth({ to }: StageOptions, effort: number): number {
  return Math.min(widest, Math.max(1, Math.round(effort / to.length)));
}

const widest = 1000;

/** Stages up to some layer. */
interface PartialPlan {
  /** Without its last stage; undefined for the plan without any. */
  readonly before: PartialPlan | undefined;
  /** Its last stage. */
  readonly option: number;
  readonly price: number;
  /** What a whole plan that goes on from it costs at least. */
  readonly least: number;
  /** Workers by scarce set; filled in when it is gone on with. */
  used: Int32Array;
}

/** A stage, and by how much the bound of a plan rises with it. */
interface Waste {
  readonly option: number;
  readonly waste: number;
}

/** Partial plans up to a layer. */
interface Waiting {
  readonly partials: PartialPlan[];
  /** Those that promise less are no longer kept. */
  most: number;
}

/**
 * So many times the search's width are kept waiting: some are outdone by others, or have too many
 * workers, before they are gone on with.
 */
const crowd = 8;

const notReckoned = new Int32Array(0);

/**
 * Looks for the cheapest stages, layer by layer. Of the partial plans up to a layer those are gone
 * on with that a bound does not rule out and that no other one outdoes, with no more workers of any
 * scarce set and no higher price; if they are too many, the most promising ones.
 */
export class StageSearch {
  readonly #problem: PlanProblem;
  readonly #options: StageOptions;
  readonly #bound: Bound;
  readonly #limits: SearchLimits;
  readonly #sets: ScarceSets;
  readonly #waiting: Waiting[];
  #below: number;
  #found: PartialPlan | undefined;
  #isComplete = true;

  /** @param bound of these options */
  constructor(problem: PlanProblem, options: StageOptions, bound: Bound, limits: SearchLimits) {
    this.#problem = problem;
    this.#options = options;
    this.#bound = bound;
    this.#limits = limits;
    this.#sets = new ScarceSets(problem, options, limits.maxWorkers);
    this.#waiting = Array.from({ length: problem.layerCount }, () => ({
      partials: [],
      most: Infinity,
    }));
    this.#below = limits.below;
  }

  run(): SearchResult {
    const { layerCount } = this.#problem;
    const least = leastPrice(this.#bound);
    this.#waiting[0]?.partials.push({
      ...{ before: undefined, option: -1, price: 0, least },
      used: this.#sets.none(),
    });
    for (let layer = 0; layer < layerCount; layer += 1) {
      const best = this.#bestAt(layer);
      if (best.length === 0) continue;
      const wastes = this.#wastesAt(layer);
      for (const partial of best) {
        this.#goOn(partial, wastes);
        if (this.#found !== undefined && this.#limits.isFirstEnough) return this.#result();
      }
    }
    return this.#result();
  }

  #result(): SearchResult {
    const found = this.#found;
    if (found === undefined) return { found, isComplete: this.#isComplete };
    const options: number[] = [];
    for (let at: PartialPlan | undefined = found; at && at.option >= 0; at = at.before) {
      options.unshift(at.option);
    }
    return { found: { options, price: found.price }, isComplete: this.#isComplete };
  }

  /** Those up to a layer that are gone on with, the most promising one first. */
  #bestAt(layer: number): PartialPlan[] {
    const waiting = (this.#waiting[layer]?.partials ?? []).sort((a, b) => a.least - b.least);
    const best: PartialPlan[] = [];
    for (const partial of waiting) {
      if (!this.#isBelow(partial.least)) break;
      if (!this.#reckon(partial) || best.some((other) => outdoes(other, partial))) continue;
      if (best.length === this.#limits.width) {
        this.#isComplete = false;
        break;
      }
      best.push(partial);
    }
    waiting.length = 0;
    return best;
  }

  /** @returns false where it has more workers than there are places */
  #reckon(partial: PartialPlan): boolean {
    const { before, option } = partial;
    if (before === undefined) return true;
    const workers = this.#options.workers[option] ?? 0;
    const used = this.#sets.with(before.used, this.#options.kinds[option] ?? 0, workers);
    if (used === undefined) return false;
    partial.used = used;
    return true;
  }

  #goOn(before: PartialPlan, wastes: readonly Waste[]): void {
    const { to, price } = this.#options;
    for (const { option, waste } of wastes) {
      const least = before.least + waste;
      if (!this.#isBelow(least)) return;
      const next = to[option] ?? 0;
      const waiting = this.#waiting[next];
      if (waiting !== undefined && least > waiting.most) {
        this.#isComplete = false;
        continue;
      }
      const partial: PartialPlan = {
        before,
        option,
        price: before.price + (price[option] ?? 0),
        least,
        used: notReckoned,
      };
      if (waiting !== undefined) this.#wait(partial, waiting);
      else if (this.#isBelow(partial.price) && this.#reckon(partial)) {
        this.#found = partial;
        this.#below = partial.price;
        if (this.#limits.isFirstEnough) return;
      }
    }
  }

  /** Keeps a partial plan; if there are far more than can be gone on with, only the better ones. */
  #wait(partial: PartialPlan, waiting: Waiting): void {
    const { partials } = waiting;
    partials.push(partial);
    if (partials.length < 2 * crowd * this.#limits.width) return;
    partials.sort((a, b) => a.least - b.least);
    partials.length = crowd * this.#limits.width;
    waiting.most = partials.at(-1)?.least ?? Infinity;
    this.#isComplete = false;
  }

  /** The options from a layer on, the least wasteful one first. */
  #wastesAt(layer: number): Waste[] {
    const { starts, to, workers, kinds, price } = this.#options;
    const { rents, toGo } = this.#bound;
    const wastes: Waste[] = [];
    const end = starts[layer + 1] ?? 0;
    for (let option = starts[layer] ?? 0; option < end; option += 1) {
      const cost =
        (price[option] ?? 0) +
        (workers[option] ?? 0) * (rents[kinds[option] ?? 0] ?? 0) +
        (toGo[to[option] ?? 0] ?? Infinity);
      if (cost < Infinity) wastes.push({ option, waste: cost - (toGo[layer] ?? 0) });
    }
    return wastes.sort((a, b) => a.waste - b.waste);
  }

  #isBelow(least: number): boolean {
    return least * (1 + 1e-12) < this.#below;
  }
}

function outdoes(a: PartialPlan, b: PartialPlan): boolean {
  if (a.price > b.price) return false;
  for (let index = 0; index < a.used.length; index += 1) {
    if ((a.used[index] ?? 0) > (b.used[index] ?? 0)) return false;
  }
  return true;
}
