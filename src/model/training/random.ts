/** Numbers that a seed decides. */
export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Uniform among 0 … `bound` − 1. */
  below(bound: number): number;
  /** Normally distributed, mean 0, standard deviation 1. */
  normal(): number;
}

/**
 * A generator for shuffling and first weights: sfc32, 128 bits of state, seeded by integers that
 * say what the numbers are for, so that no stream depends on how far another one has been read.
 * @see https://pracrand.sourceforge.net/RNG_engines.txt
 */
export function seededRandom(...seeds: readonly number[]): Random {
  let a = 0x9e3779b9;
  let b = 0x243f6a88;
  let c = 0xb7e15162;
  let counter = 1;
  function next(): number {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }
  for (const seed of seeds) {
    a ^= seed;
    // Twelve rounds spread every bit of a seed over the whole state.
    for (let round = 0; round < 12; round += 1) next();
  }
  const uniform = (): number => next() / 2 ** 32;
  return {
    uniform,
    below: (bound) => Math.floor(uniform() * bound),
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  };
}

/** Puts numbers into a random order, in place (Fisher–Yates). */
export function shuffle(values: Int32Array, random: Random): void {
  for (let last = values.length - 1; last > 0; last -= 1) {
    const other = random.below(last + 1);
    const value = values[last] ?? 0;
    values[last] = values[other] ?? 0;
    values[other] = value;
  }
}
