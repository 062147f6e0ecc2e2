/** How often something may happen. */
export interface TokenRate {
  /** In the long run. */
  readonly perS: number;
  /** At once, after a rest. 1 at least. */
  readonly burst: number;
}

/**
 * Lets things happen at once as long as they are few, and so many a second when they are more.
 *
 * @see https://en.wikipedia.org/wiki/Token_bucket
 */
export class TokenBucket {
  readonly #rate: TokenRate;
  #tokens: number;
  #filledMs: number;

  /** @param nowMs of any clock that does not go back */
  constructor(rate: TokenRate, nowMs: number) {
    this.#rate = rate;
    this.#tokens = rate.burst;
    this.#filledMs = nowMs;
  }

  /** How long until it may happen: 0 where it may now. Milliseconds. */
  waitMs(nowMs: number): number {
    this.#fill(nowMs);
    return Math.max(0, ((1 - this.#tokens) / this.#rate.perS) * 1000);
  }

  /** It happens, whether or not it may; what happens too often is not made up for later. */
  take(nowMs: number): void {
    this.#fill(nowMs);
    this.#tokens = Math.max(0, this.#tokens - 1);
  }

  #fill(nowMs: number): void {
    const since = (nowMs - this.#filledMs) / 1000;
    this.#filledMs = nowMs;
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + since * this.#rate.perS);
  }
}
