import { setTimeout as delay } from 'node:timers/promises';

/** How fast a feed is replayed. */
export type Pace =
  /** As fast as the pipeline takes it. */
  | { readonly kind: 'max' }
  /** Fixes a second. */
  | { readonly kind: 'rate'; readonly fixesPerS: number }
  /** Event time runs this many times as fast as the clock. */
  | { readonly kind: 'speed'; readonly factor: number };

/** How far the fixes may be ahead of their times before the feed waits. */
const sliceMs = 5;

/** Lets a feed wait for the time at which each of its fixes is due. */
export class Pacer {
  readonly #pace: Pace;
  /** Of the first fix: what it takes to make it is not to be caught up with. */
  #startMs: number | null = null;
  #firstEventMs: number | null = null;
  #count = 0;

  constructor(pace: Pace) {
    this.#pace = pace;
  }

  /** Resolves when a fix with this event time is due. */
  async due(eventTimeMs: number, signal: AbortSignal): Promise<void> {
    this.#startMs ??= performance.now();
    const aheadMs = this.#dueAfterMs(eventTimeMs) - (performance.now() - this.#startMs);
    if (aheadMs > sliceMs) await delay(aheadMs, undefined, { signal });
  }

  #dueAfterMs(eventTimeMs: number): number {
    this.#count += 1;
    this.#firstEventMs ??= eventTimeMs;
    switch (this.#pace.kind) {
      case 'max':
        return 0;
      case 'rate':
        return (this.#count / this.#pace.fixesPerS) * 1000;
      case 'speed':
        return (eventTimeMs - this.#firstEventMs) / this.#pace.factor;
    }
  }
}
