/** What the inferences of a stage were like over a while. */
export interface PaceSample {
  readonly inferences: number;
  readonly items: number;
  /** Wall time of all inferences. */
  readonly totalMs: number;
}

/** How a stage's computing compares with its plan; `unknown` where too little is known. */
export type StagePace =
  | { readonly state: 'unknown' }
  | {
      readonly state: 'asPlanned' | 'slower';
      /** Measured time of an item over the planned time. */
      readonly ratio: number;
    };

/**
 * Fewer items in an inference are no measure of a plan, whose times are those of a pipeline under
 * load: an item in a small batch takes longer, and a stage that gets small batches has time
 * (bench/engine.ts shows by how much).
 */
const leastItems = 32;
const leastInferences = 20;

/**
 * Compares what a stage's inferences took with what was planned. Both are wall times: a plan's is
 * the processor time on the node, divided by its share of a core where it has less than one.
 *
 * @param plannedMs of an item's computing; 0 where nothing was planned
 * @param factor the ratio above which a stage is slower than planned; over 1
 */
export function paceOf(sample: PaceSample, plannedMs: number, factor: number): StagePace {
  const { inferences, items, totalMs } = sample;
  if (plannedMs <= 0 || inferences < leastInferences) return { state: 'unknown' };
  if (items < leastItems * inferences) return { state: 'unknown' };
  const ratio = totalMs / items / plannedMs;
  return { state: ratio > factor ? 'slower' : 'asPlanned', ratio };
}

/** The first ones of a process take longer: the engine takes its memory, and code is compiled. */
const warmUpInferences = 10;
const keptInferences = 200;

/** Compares a stage worker's last inferences with its plan. */
export class PaceWindow {
  readonly #plannedMs: number;
  readonly #factor: number;
  readonly #items = new Float64Array(keptInferences);
  readonly #ms = new Float64Array(keptInferences);
  #taken = -warmUpInferences;
  #pace: StagePace = { state: 'unknown' };

  /**
   * @param plannedMs of an item's computing; 0 where nothing was planned
   * @param factor the ratio above which the worker is slower than planned; over 1
   */
  constructor(plannedMs: number, factor: number) {
    this.#plannedMs = plannedMs;
    this.#factor = factor;
  }

  /**
   * How the worker does. One that is slower remains so until half of what it is too slow by is gone,
   * so that a ratio near the limit is told once.
   */
  get pace(): StagePace {
    return this.#pace;
  }

  /**
   * Takes an inference; those of few items are passed over.
   *
   * @returns whether the worker has become slower than planned with it
   */
  take(items: number, ms: number): boolean {
    if (items < leastItems) return false;
    if (this.#taken >= 0) {
      this.#items[this.#taken % keptInferences] = items;
      this.#ms[this.#taken % keptInferences] = ms;
    }
    this.#taken += 1;
    const inferences = Math.max(0, Math.min(this.#taken, keptInferences));
    const sample = { inferences, items: sum(this.#items), totalMs: sum(this.#ms) };
    const wasSlower = this.#pace.state === 'slower';
    const limit = wasSlower ? (1 + this.#factor) / 2 : this.#factor;
    this.#pace = paceOf(sample, this.#plannedMs, limit);
    return this.#pace.state === 'slower' && !wasSlower;
  }
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
