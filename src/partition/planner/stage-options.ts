import { rangeIndex, type PlanProblem } from './plan-problem.js';

/** What a plan pays; each stage adds its own, and the least sum is looked for. */
export interface Prices {
  readonly perWorker: number;
  readonly perStage: number;
  /** Of an item that crosses a cut. */
  readonly perByte: number;
  /** Of latency. */
  readonly perMs: number;
}

/** Which stages may be part of a plan. */
export interface StageLimits {
  /** That each stage keeps up with. */
  readonly ratePerS: number;
  /** Of the whole plan. */
  readonly maxWorkers: number;
  /** Which ranges of layers may be a stage; all if not given. */
  readonly isAllowed?: ((from: number, to: number) => boolean) | undefined;
}

/**
 * The stages that a plan may be made of, those from one layer on next to each other. Each is a
 * range of layers with so many workers on places of any kinds of a set: on all of them it keeps up
 * with the rate and fits into memory. Left out is what another one is at least as good as.
 */
export interface StageOptions {
  /** The options from layer i on are `starts[i]` up to, and without, `starts[i + 1]`. */
  readonly starts: Int32Array;
  readonly to: Int32Array;
  readonly workers: Int32Array;
  /** Set of kinds. */
  readonly kinds: Int32Array;
  readonly price: Float64Array;
}

/** Everything that {@link StageOptions} says, of one problem. */
export function stageOptions(
  problem: PlanProblem,
  limits: StageLimits,
  prices: Prices,
): StageOptions {
  const { layerCount } = problem;
  const starts = new Int32Array(layerCount + 1);
  const list = new OptionList(problem, prices);
  for (let from = 0; from < layerCount; from += 1) {
    starts[from] = list.to.length;
    list.beginLayer();
    // From the furthest on: those that are left out are mostly worse than a further one.
    for (let to = layerCount; to > from; to -= 1) {
      if (limits.isAllowed?.(from, to) !== false) list.addRange(from, to, limits);
    }
  }
  starts[layerCount] = list.to.length;
  return {
    starts,
    to: Int32Array.from(list.to),
    workers: Int32Array.from(list.workers),
    kinds: Int32Array.from(list.kinds),
    price: Float64Array.from(list.price),
  };
}

/** More workers than any plan has. */
const unreachable = 2 ** 30;

/** Collects options, one range after the other. */
class OptionList {
  readonly to: number[] = [];
  readonly workers: number[] = [];
  readonly kinds: number[] = [];
  readonly price: number[] = [];
  readonly #problem: PlanProblem;
  readonly #prices: Prices;
  #start = 0;
  /** By set: the fewest workers of an option on it, or on a larger set, from the same layer on. */
  readonly #fewest: Int32Array;
  /** By kind: the workers needed if it is the slowest in the stage. */
  readonly #needs: Int32Array;
  /** By kind: index of the share that the last range needed. */
  readonly #lastShares: Int32Array;

  constructor(problem: PlanProblem, prices: Prices) {
    this.#problem = problem;
    this.#prices = prices;
    this.#fewest = new Int32Array(problem.supply.length);
    this.#needs = new Int32Array(problem.kinds.length);
    this.#lastShares = new Int32Array(problem.kinds.length);
  }

  /** What is added from now on starts at another layer. */
  beginLayer(): void {
    this.#start = this.to.length;
    this.#fewest.fill(unreachable);
  }

  addRange(from: number, to: number, { ratePerS, maxWorkers }: StageLimits): void {
    const { layerCount, rates } = this.#problem;
    const index = rangeIndex(layerCount, from, to);
    const needs = this.#needs;
    let least = unreachable;
    for (let kind = 0; kind < needs.length; kind += 1) {
      const need = this.#workersFor(kind, rates[kind]?.[index] ?? -1, ratePerS);
      needs[kind] = need;
      if (need < least) least = need;
    }
    while (least <= maxWorkers) {
      this.#addGroups(index, to, least);
      let next = unreachable;
      for (let kind = 0; kind < needs.length; kind += 1) {
        const need = needs[kind] ?? unreachable;
        if (need > least && need < next) next = need;
      }
      least = next;
    }
  }

  /** The fewest workers like one of the given rate that keep up together. */
  #workersFor(kind: number, workerPerS: number, ratePerS: number): number {
    if (workerPerS < 0) return unreachable;
    const { shares } = this.#problem;
    // Ranges come in order, so that it is seldom far from the last one's.
    let share = this.#lastShares[kind] ?? 0;
    while (share > 0 && workerPerS * (shares[share - 1]?.speedUp ?? 0) >= ratePerS) share -= 1;
    while (share < shares.length && workerPerS * (shares[share]?.speedUp ?? 0) < ratePerS) {
      share += 1;
    }
    this.#lastShares[kind] = share;
    return shares[share]?.workers ?? unreachable;
  }

  /** The options with so many workers: one, or one for each latency where latency has a price. */
  #addGroups(index: number, to: number, workers: number): void {
    const { latencies, kinds } = this.#problem;
    const { perMs } = this.#prices;
    if (perMs === 0) {
      this.#add(to, workers, this.#kindsWithin(index, workers, Infinity), 0);
      return;
    }
    const slowest = new Set<number>();
    for (let kind = 0; kind < kinds.length; kind += 1) {
      if ((this.#needs[kind] ?? 0) <= workers) slowest.add(latencies[kind]?.[index] ?? Infinity);
    }
    for (const latencyMs of [...slowest].sort((a, b) => a - b)) {
      this.#add(to, workers, this.#kindsWithin(index, workers, latencyMs), latencyMs);
    }
  }

  #kindsWithin(index: number, workers: number, latencyMs: number): number {
    const { latencies, kinds } = this.#problem;
    let set = 0;
    for (let kind = 0; kind < kinds.length; kind += 1) {
      const isFast = latencyMs === Infinity || (latencies[kind]?.[index] ?? Infinity) <= latencyMs;
      if (isFast && (this.#needs[kind] ?? 0) <= workers) set |= 1 << kind;
    }
    return set;
  }

  #add(to: number, workers: number, kinds: number, latencyMs: number): void {
    const { supply, cutBytes } = this.#problem;
    if ((supply[kinds] ?? 0) < workers) return;
    const { perWorker, perStage, perByte, perMs } = this.#prices;
    const price =
      perStage + perWorker * workers + perByte * (cutBytes[to] ?? 0) + perMs * latencyMs;
    if ((this.#fewest[kinds] ?? 0) <= workers && this.#isOutdone(to, workers, kinds, price)) return;
    this.to.push(to);
    this.workers.push(workers);
    this.kinds.push(kinds);
    this.price.push(price);
    for (let part = kinds; part > 0; part = (part - 1) & kinds) {
      if (workers < (this.#fewest[part] ?? 0)) this.#fewest[part] = workers;
    }
  }

  #isOutdone(to: number, workers: number, kinds: number, price: number): boolean {
    const { layerCount, isAsGood } = this.#problem;
    for (let option = this.to.length - 1; option >= this.#start; option -= 1) {
      const further = this.to[option] ?? 0;
      // A longer stage has a longer latency: only those of the same range compare.
      if (this.#prices.perMs > 0 && further !== to) return false;
      if (
        (this.workers[option] ?? 0) <= workers &&
        ((this.kinds[option] ?? 0) & kinds) === kinds &&
        (this.price[option] ?? 0) <= price &&
        isAsGood[rangeIndex(layerCount, to, further)] === 1
      ) {
        return true;
      }
    }
    return false;
  }
}
