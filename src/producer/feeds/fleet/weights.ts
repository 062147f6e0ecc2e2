import type { Random } from './random.js';

/** Draws the indices 0…n−1 with the probabilities that their weights give them. */
export class Weights {
  readonly total: number;
  readonly #upTo: Float64Array;

  /** @param weights numbers of 0 or more. */
  constructor(weights: readonly number[]) {
    let sum = 0;
    this.#upTo = Float64Array.from(weights, (weight) => (sum += weight));
    this.total = sum;
  }

  /** The probability of an index. */
  share(index: number): number {
    if (this.total === 0) return 0;
    return ((this.#upTo[index] ?? 0) - (this.#upTo[index - 1] ?? 0)) / this.total;
  }

  /** An index whose weight is over 0; 0 if there is none. */
  draw(random: Random): number {
    const target = random.fraction() * this.total;
    let low = 0;
    let high = this.#upTo.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#upTo[middle] ?? 0) > target) high = middle;
      else low = middle + 1;
    }
    return Math.max(low, 0);
  }
}
