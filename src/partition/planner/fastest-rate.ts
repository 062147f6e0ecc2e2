import { cheapestStages } from './cheapest-stages.js';
import { rangeIndex, type PlanProblem } from './plan-problem.js';
import { stageOptions, type Prices, type StageLimits } from './stage-options.js';
import type { ChosenStages } from './places-of-stages.js';

/** The highest rate that a plan reaches. */
export interface FastestRate {
  /** Items a second; 0 where the network doesn't fit in. */
  readonly ratePerS: number;
  /** Stages that reach it; undefined if it is no higher than what was known to be reached. */
  readonly stages: ChosenStages | undefined;
  /** False where the search gave up on some higher rate. */
  readonly isProven: boolean;
}

const byWorkers: Prices = { perWorker: 1, perStage: 0, perByte: 0, perMs: 0 };

/**
 * All rates that a stage can have, and so that a plan can have, in rising order: of each range of
 * layers with each kind as its slowest and each number of workers.
 */
export function possibleRates({ rates, shares, layerCount }: PlanProblem): Float64Array {
  const possible: number[] = [];
  for (const ofKind of rates) {
    for (let from = 0; from < layerCount; from += 1) {
      for (let to = from + 1; to <= layerCount; to += 1) {
        const rate = ofKind[rangeIndex(layerCount, from, to)] ?? -1;
        if (rate <= 0) continue;
        for (const { speedUp } of shares) possible.push(rate * speedUp);
      }
    }
  }
  return Float64Array.from(possible).sort();
}

/** Looks for the highest rate among the possible ones, by halving their list. */
export class FastestSearch {
  readonly #problem: PlanProblem;
  readonly #possible: Float64Array;
  readonly #effort: number;

  /** @param effort partial plans to look at for one rate */
  constructor(problem: PlanProblem, effort: number) {
    this.#problem = problem;
    this.#possible = possibleRates(problem);
    this.#effort = effort;
  }

  /**
   * @param reachedPerS a rate that is known to be reached, or 0
   * @param likelyPerS where to look first
   */
  fastest(
    maxWorkers: number,
    isAllowed: StageLimits['isAllowed'],
    reachedPerS: number,
    likelyPerS: number,
  ): FastestRate {
    let isProven = true;
    let stages: ChosenStages | undefined;
    // The rate at `low` is reached, that at `high` isn't.
    let low = indexOf(this.#possible, reachedPerS);
    let high = this.#possible.length;
    let next = Math.min(high - 1, indexOf(this.#possible, likelyPerS) + 1);
    while (high - low > 1) {
      if (next <= low || next >= high) next = (low + high) >> 1;
      const ratePerS = this.#possible[next] ?? 0;
      const options = stageOptions(this.#problem, { ratePerS, maxWorkers, isAllowed }, byWorkers);
      const { found, isComplete } = cheapestStages(this.#problem, options, {
        maxWorkers,
        // Numbers of workers are whole.
        below: maxWorkers + 1e-6,
        isFirstEnough: true,
        effort: this.#effort,
      });
      if (found === undefined) {
        high = next;
        isProven &&= isComplete;
      } else {
        low = next;
        stages = { options, chosen: found.options };
      }
      next = (low + high) >> 1;
    }
    return { ratePerS: low < 0 ? 0 : (this.#possible[low] ?? 0), stages, isProven };
  }
}

/** Index of the highest value that is no higher; −1 if there is none. */
function indexOf(values: Float64Array, most: number): number {
  let [low, high] = [-1, values.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((values[middle] ?? Infinity) <= most) low = middle;
    else high = middle;
  }
  return low;
}
