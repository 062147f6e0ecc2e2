import { qualityWindowsMs, type QualityWindow } from '../wire/quality-window.js';
import type { Outcome } from './lane-scorer.js';

/** Windows move on by this much. Milliseconds. */
const bucketMs = 10_000;
/** Buckets that are kept: an hour of them. */
const buckets = qualityWindowsMs.hour / bucketMs;
const bins = 10;
/** Errors are rounded to a twentieth of a cell's side, and those over ten sides count as ten. */
const stepsPerSide = 20;
const errorSteps = 10 * stepsPerSide + 1;

/** Where each count stands in a bucket. */
const hitsAt = 1;
const errorsAt = hitsAt + 3;
const predictionsAt = errorsAt + errorSteps;
const probabilitiesAt = predictionsAt + bins;
const binHitsAt = probabilitiesAt + bins;
const width = binHitsAt + bins;
/** Which hits are counted: among so many candidates. */
const hitDepths = [1, 3, 5] as const;

/**
 * What came true of a sink's predictions, over the last five minutes, the last hour and since the
 * start, in 0.7 MB whatever comes. The time of an outcome is when it became known, by the worker's
 * own clock. The time is told, never read.
 *
 * @example
 * const quality = new LiveQuality(grid.cellSizeM);
 * quality.count(outcomes, performance.now());
 * const [fiveMinutes, hour, sinceStart] = quality.windows(performance.now());
 */
export class LiveQuality {
  readonly #stepM: number;
  /** Of each bucket, one behind the other. */
  readonly #ring = new Float64Array(buckets * width);
  /** Which stretch of time each bucket is of: its number since time 0. */
  readonly #numbers = new Float64Array(buckets).fill(-Infinity);
  readonly #total = new Float64Array(width);

  /** @param cellSizeM side of a cell of the grid */
  constructor(cellSizeM: number) {
    this.#stepM = cellSizeM / stepsPerSide;
  }

  /** @param nowMs when the outcomes became known, by a clock that does not step back */
  count(outcomes: readonly Outcome[], nowMs: number): void {
    if (outcomes.length === 0) return;
    const bucket = this.#bucketAt(nowMs);
    for (const outcome of outcomes) {
      this.#add(outcome, bucket);
      this.#add(outcome, this.#total);
    }
  }

  /**
   * The counts of each window, in the order of `qualityWindowsMs`. A window may be up to ten
   * seconds shorter than its name.
   *
   * @param nowMs where the windows end, by the clock of `count`
   */
  windows(nowMs: number): QualityWindow[] {
    const { fiveMinutes, hour, sinceStart } = qualityWindowsMs;
    return [
      this.#told(fiveMinutes, this.#sumOf(fiveMinutes, nowMs)),
      this.#told(hour, this.#sumOf(hour, nowMs)),
      this.#told(sinceStart, this.#total),
    ];
  }

  #bucketAt(nowMs: number): Float64Array {
    const number = Math.floor(nowMs / bucketMs);
    const place = number % buckets;
    const bucket = this.#ring.subarray(place * width, (place + 1) * width);
    if (this.#numbers[place] !== number) {
      bucket.fill(0);
      this.#numbers[place] = number;
    }
    return bucket;
  }

  #add({ rank, probability, errorM }: Outcome, counts: Float64Array): void {
    increase(counts, 0, 1);
    for (const [at, depth] of hitDepths.entries()) {
      if (rank >= 0 && rank < depth) increase(counts, hitsAt + at, 1);
    }
    if (errorM !== null) {
      const step = Math.min(errorSteps - 1, Math.round(errorM / this.#stepM));
      increase(counts, errorsAt + step, 1);
    }
    const bin = Math.min(bins - 1, Math.floor(probability * bins));
    increase(counts, predictionsAt + bin, 1);
    increase(counts, probabilitiesAt + bin, probability);
    if (rank === 0) increase(counts, binHitsAt + bin, 1);
  }

  #sumOf(windowMs: number, nowMs: number): Float64Array {
    const last = Math.floor(nowMs / bucketMs);
    const first = last - windowMs / bucketMs + 1;
    const sum = new Float64Array(width);
    for (const [place, number] of this.#numbers.entries()) {
      if (number < first || number > last) continue;
      for (let at = 0; at < width; at += 1) {
        increase(sum, at, this.#ring[place * width + at] ?? 0);
      }
    }
    return sum;
  }

  #told(windowMs: number, counts: Float64Array): QualityWindow {
    const at = (place: number): number => counts[place] ?? 0;
    const errors = Array.from({ length: errorSteps }, (_, step) => ({
      metres: step * this.#stepM,
      predictions: at(errorsAt + step),
    }));
    return {
      windowMs,
      scored: at(0),
      top1: at(hitsAt),
      top3: at(hitsAt + 1),
      top5: at(hitsAt + 2),
      errors: errors.filter(({ predictions }) => predictions > 0),
      reliability: Array.from({ length: bins }, (_, bin) => ({
        predictions: at(predictionsAt + bin),
        probabilitySum: at(probabilitiesAt + bin),
        hits: at(binHitsAt + bin),
      })),
    };
  }
}

function increase(counts: Float64Array, at: number, by: number): void {
  counts[at] = (counts[at] ?? 0) + by;
}
