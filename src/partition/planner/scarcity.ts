import { boundOf, leastPrice, usedByCheapest, type Bound, type Rents } from './bound.js';
import type { PlanProblem } from './plan-problem.js';
import type { StageOptions } from './stage-options.js';

/** How fast the weights follow what is short; larger ones learn sooner and waver more. */
const pace = 0.4;

/**
 * Learns how scarce each kind of place is, from what the ways that use least of the scarce ones use
 * all the same. Where even these use more than there is, no plan is possible. What was learnt for
 * one rate is a good start for the next.
 *
 * @see Arora, Hazan and Kale, The multiplicative weights update method (2012), section 3.3
 */
export class Scarcity {
  readonly #problem: PlanProblem;
  readonly #maxWorkers: number;
  /** Share of each kind's places in the rent of all, and of the limit of workers: 1 together. */
  #weights: readonly number[];

  constructor(problem: PlanProblem, maxWorkers: number) {
    this.#problem = problem;
    this.#maxWorkers = maxWorkers;
    const power = problem.kinds.map(({ places, speed }) => places.length * speed);
    const all = power.reduce((sum, one) => sum + one, 0);
    this.#weights = [...power.map((one) => (0.5 * one) / all), 0.5];
  }

  /** The tightest of the bounds of so many rounds; it is above 0 where no plan is possible. */
  bound(options: StageOptions, rounds: number): Bound {
    let best = this.#current(options);
    let [bestWeights, bound] = [this.#weights, best];
    for (let round = 0; round < rounds && leastPrice(best) < certain; round += 1) {
      if (!this.#learn(options, bound)) break;
      bound = this.#current(options);
      if (leastPrice(bound) > leastPrice(best)) [best, bestWeights] = [bound, this.#weights];
    }
    this.#weights = bestWeights;
    return best;
  }

  /** What counts is the number of workers alone. */
  countBound(options: StageOptions): Bound {
    const rents = { byKind: new Float64Array(this.#problem.kinds.length), perWorker: 1 };
    return boundOf(this.#problem, options, rents, this.#maxWorkers);
  }

  #current(options: StageOptions): Bound {
    return boundOf(this.#problem, options, this.#rents(), this.#maxWorkers);
  }

  #rents(): Rents {
    return {
      byKind: Float64Array.from(this.#problem.kinds, ({ places }, kind) => {
        return (this.#weights[kind] ?? 0) / places.length;
      }),
      perWorker: (this.#weights.at(-1) ?? 0) / this.#maxWorkers,
    };
  }

  #learn(options: StageOptions, bound: Bound): boolean {
    const used = usedByCheapest(this.#rents(), this.#problem, options, bound);
    if (used === undefined) return false;
    const all = used.reduce((sum, count) => sum + count, 0);
    const shares = [
      ...this.#problem.kinds.map(({ places }, kind) => (used[kind] ?? 0) / places.length),
      all / this.#maxWorkers,
    ];
    const raised = this.#weights.map(
      (weight, index) => weight * Math.exp(pace * ((shares[index] ?? 0) - 1)),
    );
    const sum = raised.reduce((total, weight) => total + weight, 0);
    this.#weights = raised.map((weight) => Math.max(weight / sum, 1e-6));
    return true;
  }
}

/** A bound above it is no matter of rounding. */
export const certain = 1e-9;
