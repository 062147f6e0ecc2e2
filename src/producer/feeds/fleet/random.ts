import { createHash } from 'node:crypto';

/**
 * Pseudo-random numbers by xoshiro128** 1.1: the same seed gives the same numbers on every machine.
 * @see https://prng.di.unimi.it/xoshiro128starstar.c (Blackman and Vigna, 2018)
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /** @param state four 32-bit integers, not all 0. */
  constructor(state: readonly [number, number, number, number]) {
    [this.#a, this.#b, this.#c, this.#d] = state;
  }

  /** The stream of numbers that belongs to a seed and a purpose, independent of all others. */
  static of(seed: number | string, purpose: string): Random {
    const digest = createHash('sha256').update(`${seed}/${purpose}`).digest();
    return new Random([
      digest.readInt32LE(0),
      digest.readInt32LE(4),
      digest.readInt32LE(8),
      digest.readInt32LE(12),
    ]);
  }

  /** An integer, 0 … 2³² − 1. */
  uint32(): number {
    const five = Math.imul(this.#b, 5);
    const result = Math.imul((five << 7) | (five >>> 25), 9) >>> 0;
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    return result;
  }

  /** A number in [0, 1). */
  fraction(): number {
    return this.uint32() / 4_294_967_296;
  }

  /** A number in [least, most). */
  between(least: number, most: number): number {
    return least + (most - least) * this.fraction();
  }

  /** A waiting time, exponentially distributed around its mean. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.fraction());
  }

  /** Two independent numbers of the standard normal distribution (Box and Muller, 1958). */
  normals(): [number, number] {
    const radius = Math.sqrt(-2 * Math.log(1 - this.fraction()));
    const angle = 2 * Math.PI * this.fraction();
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  }
}
