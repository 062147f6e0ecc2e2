import type { PlanProblem } from './plan-problem.js';
import type { StageOptions } from './stage-options.js';

/**
 * Counts the workers of a plan without saying which place each has, only from which kinds it may
 * be. By Hall's theorem there are places for all if, and only if, for each set of kinds the workers
 * that may be on no other are no more than its places. So a partial plan is known by these counts,
 * and stages with workers of several kinds cost a search nothing.
 *
 * Counted are the sets that some options' sets make together, and the set of all kinds: the workers
 * that may be on no kind outside of any other set are those of one of these.
 */
export class ScarceSets {
  readonly #sets: Int32Array;
  readonly #room: Int32Array;

  constructor({ supply }: PlanProblem, { kinds }: StageOptions, maxWorkers: number) {
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
    this.#sets = Int32Array.from(scarce);
    this.#room = Int32Array.from(scarce, (set) =>
      Math.min(supply[set] ?? 0, set === all ? maxWorkers : Infinity),
    );
  }

  /** Counts of a plan without workers. */
  none(): Int32Array {
    return new Int32Array(this.#sets.length);
  }

  /** The counts with more workers, which may be on these kinds; undefined if there are too many. */
  with(used: Int32Array, kinds: number, workers: number): Int32Array | undefined {
    const counts = used.slice();
    for (let index = 0; index < counts.length; index += 1) {
      if ((kinds & ~(this.#sets[index] ?? 0)) !== 0) continue;
      const count = (counts[index] ?? 0) + workers;
      if (count > (this.#room[index] ?? 0)) return undefined;
      counts[index] = count;
    }
    return counts;
  }
}
