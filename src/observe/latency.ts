/** Linear steps per power of two: a bucket is at most 1/64 of its value wide. */
const STEP_BITS = 6;
const STEPS = 1 << STEP_BITS;
/** Smaller values share the first bucket: 2^-10 ms, about a microsecond. */
const LOWEST_EXPONENT = -10;
/** Larger values share the last bucket: 2^31 ms, about 25 days. */
const HIGHEST_EXPONENT = 31;
const BUCKETS = (HIGHEST_EXPONENT - LOWEST_EXPONENT) * STEPS;
const LOWEST_MS = 2 ** LOWEST_EXPONENT;

/** Sign, exponent and the top bits of the mantissa of a double are its log-linear bucket, exactly. */
const bits = new DataView(new ArrayBuffer(8));
const MANTISSA_BITS_IN_HIGH_WORD = 20;
const DOUBLE_EXPONENT_BIAS = 1023;
const FIRST_BUCKET = (DOUBLE_EXPONENT_BIAS + LOWEST_EXPONENT) << STEP_BITS;

function bucketOf(ms: number): number {
  if (!(ms > LOWEST_MS)) return 0;
  bits.setFloat64(0, ms);
  const bucket = (bits.getUint32(0) >>> (MANTISSA_BITS_IN_HIGH_WORD - STEP_BITS)) - FIRST_BUCKET;
  return Math.min(bucket, BUCKETS - 1);
}

function middleOf(bucket: number): number {
  const octave = 2 ** (LOWEST_EXPONENT + Math.floor(bucket / STEPS));
  return octave * (1 + ((bucket % STEPS) + 0.5) / STEPS);
}

/**
 * Quantiles of durations in a fixed 10 kB, whatever their number: each is within 0.8 % of the exact
 * one between a microsecond and 25 days.
 * @see https://github.com/HdrHistogram/HdrHistogram for the log-linear buckets
 */
export class LatencyHistogram {
  readonly #counts = new Uint32Array(BUCKETS);
  #count = 0;
  #minMs = Infinity;
  #maxMs = -Infinity;

  /** How many durations were recorded. */
  get count(): number {
    return this.#count;
  }

  /** @param ms duration in milliseconds; a negative one (two clocks that disagree) counts as 0 */
  record(ms: number): void {
    const durationMs = Math.max(0, ms);
    const bucket = bucketOf(durationMs);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#count += 1;
    this.#minMs = Math.min(this.#minMs, durationMs);
    this.#maxMs = Math.max(this.#maxMs, durationMs);
  }

  /**
   * The duration in milliseconds that a share `q` of all recorded ones do not exceed (nearest rank),
   * or null where none was recorded.
   * @param q 0 … 1; 0.5 is the median, 0.99 the 99th percentile
   */
  quantile(q: number): number | null {
    if (this.#count === 0) return null;
    const rank = Math.max(1, Math.ceil(q * this.#count));
    let seen = 0;
    let bucket = 0;
    for (; bucket < BUCKETS; bucket += 1) {
      seen += this.#counts[bucket] ?? 0;
      if (seen >= rank) break;
    }
    return Math.min(this.#maxMs, Math.max(this.#minMs, middleOf(bucket)));
  }

  /** Adds all that the other one recorded. */
  merge(other: LatencyHistogram): void {
    if (other.#count === 0) return;
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      const added = other.#counts[bucket] ?? 0;
      if (added > 0) this.#counts[bucket] = (this.#counts[bucket] ?? 0) + added;
    }
    this.#count += other.#count;
    this.#minMs = Math.min(this.#minMs, other.#minMs);
    this.#maxMs = Math.max(this.#maxMs, other.#maxMs);
  }

  /** Forgets everything. */
  reset(): void {
    this.#counts.fill(0);
    this.#count = 0;
    this.#minMs = Infinity;
    this.#maxMs = -Infinity;
  }
}
