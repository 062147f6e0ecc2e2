import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LatencyHistogram } from '../../../src/observe/latency.js';
import { RecentLatency } from '../../../src/observe/recent-latency.js';

/** From a tenth of a microsecond below the first bucket's end to a week. */
const durationMs = fc.double({ min: 0.001, max: 6e8, noNaN: true });
const share = fc.constantFrom(0, 0.01, 0.5, 0.9, 0.99, 1);

function histogramOf(durations: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const ms of durations) histogram.record(ms);
  return histogram;
}

describe('LatencyHistogram', () => {
  it('is within 1 % of the exact quantile, by sorting', () => {
    fc.assert(
      fc.property(fc.array(durationMs, { minLength: 1, maxLength: 300 }), share, (durations, q) => {
        const sorted = [...durations].sort((a, b) => a - b);
        const exact = sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? NaN;
        const estimate = histogramOf(durations).quantile(q) ?? NaN;
        assert.ok(Math.abs(estimate - exact) <= 0.01 * exact, `${estimate} for ${exact}`);
      }),
    );
  });

  it('gives the median and the 99th percentile of 1 … 1,000 ms', () => {
    const histogram = histogramOf(Array.from({ length: 1000 }, (_, i) => i + 1));
    assert.equal(histogram.count, 1000);
    assert.ok(Math.abs((histogram.quantile(0.5) ?? 0) - 500) <= 4);
    assert.ok(Math.abs((histogram.quantile(0.99) ?? 0) - 990) <= 8);
    assert.equal(histogram.quantile(1), 1000);
  });

  it('is exact where all durations are the same', () => {
    assert.equal(histogramOf([12.34, 12.34, 12.34]).quantile(0.99), 12.34);
  });

  it('merged, says what one that recorded all would say', () => {
    fc.assert(
      fc.property(fc.array(durationMs), fc.array(durationMs), share, (a, b, q) => {
        const merged = histogramOf(a);
        merged.merge(histogramOf(b));
        const whole = histogramOf([...a, ...b]);
        assert.equal(merged.count, whole.count);
        assert.equal(merged.quantile(q), whole.quantile(q));
      }),
    );
  });

  it('has no quantile before the first duration and after a reset', () => {
    const histogram = new LatencyHistogram();
    assert.equal(histogram.quantile(0.5), null);
    histogram.record(3);
    histogram.reset();
    assert.equal(histogram.quantile(0.5), null);
    assert.equal(histogram.count, 0);
  });

  it('takes a duration below zero, of clocks that disagree, as zero', () => {
    assert.equal(histogramOf([-5]).quantile(0.5), 0);
  });

  it('takes durations beyond its range as its longest', () => {
    const years = histogramOf([1e12, 2e12]);
    assert.equal(years.count, 2);
    assert.ok((years.quantile(0.5) ?? 0) >= 1e12);
  });
});

describe('RecentLatency', () => {
  it('forgets what is older than its window', () => {
    const recent = new RecentLatency(3);
    recent.record(1000, 10_000);
    recent.record(10, 12_900);
    assert.equal(recent.view(12_950).p99Ms, 1000);
    assert.equal(recent.view(13_000).p99Ms, 10);
    assert.equal(recent.view(15_999).p99Ms, null);
    assert.equal(recent.view(15_999).ratePerS, 0);
  });

  it('gives the rate of the time since the first record, later of its window', () => {
    const recent = new RecentLatency(10);
    for (let ms = 0; ms < 40_000; ms += 10) {
      recent.record(1, 100_000 + ms);
      if (ms === 4_990) assert.equal(recent.view(105_000).ratePerS, 100);
    }
    assert.ok(Math.abs(recent.view(139_999).ratePerS - 100) < 0.1);
  });

  it('gives no wild rate in the first moments', () => {
    const recent = new RecentLatency();
    recent.record(1, 1_000_000);
    recent.record(1, 1_000_001);
    assert.equal(recent.view(1_000_001).ratePerS, 2);
  });
});
