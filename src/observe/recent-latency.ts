import { LatencyHistogram } from './latency.js';

interface Second {
  /** Epoch second that the histogram stands for. */
  epochS: number;
  readonly histogram: LatencyHistogram;
}

/** Rate and latency quantiles of what was recorded lately. */
export interface RecentLatencyView {
  readonly ratePerS: number;
  /** Null where nothing was recorded lately. */
  readonly p50Ms: number | null;
  /** Null where nothing was recorded lately. */
  readonly p99Ms: number | null;
}

/**
 * Latency over the last few seconds, for a live view: a ring of histograms, one a second, so that
 * memory is bounded and what is old falls out second by second. The time is told, never read.
 */
export class RecentLatency {
  readonly #ring: readonly Second[];
  readonly #merged = new LatencyHistogram();
  #firstMs = Infinity;

  /** @param windowS whole seconds to look back, the present one included */
  constructor(windowS = 10) {
    this.#ring = Array.from({ length: windowS }, () => ({
      epochS: -Infinity,
      histogram: new LatencyHistogram(),
    }));
  }

  /** @param nowMs epoch milliseconds at which `latencyMs` was observed */
  record(latencyMs: number, nowMs: number): void {
    const epochS = Math.floor(nowMs / 1000);
    const second = this.#ring[epochS % this.#ring.length];
    if (second === undefined || epochS < second.epochS) return;
    if (epochS > second.epochS) {
      second.histogram.reset();
      second.epochS = epochS;
    }
    second.histogram.record(latencyMs);
    this.#firstMs = Math.min(this.#firstMs, nowMs);
  }

  /** @param nowMs epoch milliseconds; the window ends here */
  view(nowMs: number): RecentLatencyView {
    const lastS = Math.floor(nowMs / 1000);
    const firstS = lastS - this.#ring.length + 1;
    this.#merged.reset();
    for (const { epochS, histogram } of this.#ring) {
      if (epochS >= firstS && epochS <= lastS) this.#merged.merge(histogram);
    }
    const sinceMs = Math.max(this.#firstMs, firstS * 1000);
    // The first moments of a run would give a wild rate: no less than a second is divided by.
    const spanS = Math.max(1, (nowMs - sinceMs) / 1000);
    return {
      ratePerS: this.#merged.count / spanS,
      p50Ms: this.#merged.quantile(0.5),
      p99Ms: this.#merged.quantile(0.99),
    };
  }
}
