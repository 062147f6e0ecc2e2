import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Outcome } from '../../../src/sink/lane-scorer.js';
import { LiveQuality } from '../../../src/sink/live-quality.js';
import type { QualityWindow } from '../../../src/wire/quality-window.js';

const secondMs = 1_000;
const hit: Outcome = { rank: 0, probability: 0.75, errorM: 0 };

function scoredAt(quality: LiveQuality, nowMs: number): readonly number[] {
  return quality.windows(nowMs).map(({ scored }) => scored);
}

describe('live quality', () => {
  it('counts hits, errors and how reliable probabilities are', () => {
    const quality = new LiveQuality(500);
    const outcomes: readonly Outcome[] = [
      hit,
      // 0.71 and 0.75 are in the bin from 0.7.
      { rank: 2, probability: 0.71, errorM: 500.4 },
      { rank: 4, probability: 0.25, errorM: 707.1 },
      { rank: -1, probability: 1, errorM: 9_000 },
      { rank: 0, probability: 1, errorM: null },
    ];
    quality.count(outcomes, 0);
    const [window] = quality.windows(0);
    const { reliability, ...others } = window ?? {};
    assert.deepEqual(others, {
      ...{ windowMs: 300_000, scored: 5, top1: 2, top3: 3, top5: 4 },
      // By a twentieth of 500 m, and 5,000 m at most: 707 is nearer to 700 than to 725.
      errors: [
        { metres: 0, predictions: 1 },
        { metres: 500, predictions: 1 },
        { metres: 700, predictions: 1 },
        { metres: 5_000, predictions: 1 },
      ],
    });
    assert.equal(reliability?.length, 10);
    assert.deepEqual(reliability[2], { predictions: 1, probabilitySum: 0.25, hits: 0 });
    assert.deepEqual(reliability[7], { predictions: 2, probabilitySum: 1.46, hits: 1 });
    assert.deepEqual(reliability[9], { predictions: 2, probabilitySum: 2, hits: 1 });
    assert.equal(
      reliability.reduce((sum, { predictions }) => sum + predictions, 0),
      5,
    );
  });

  it('forgets what is older than five minutes, and than an hour, and never what is in the sum', () => {
    const quality = new LiveQuality(500);
    quality.count([hit, hit], 5 * secondMs);
    quality.count([hit], 100 * secondMs);
    assert.deepEqual(scoredAt(quality, 100 * secondMs), [3, 3, 3]);
    // The ten seconds from 0 on are out of the window as soon as it ends at 300 s or later.
    assert.deepEqual(scoredAt(quality, 299.9 * secondMs), [3, 3, 3]);
    assert.deepEqual(scoredAt(quality, 300 * secondMs), [1, 3, 3]);
    assert.deepEqual(scoredAt(quality, 400 * secondMs), [0, 3, 3]);
    assert.deepEqual(scoredAt(quality, 3_599.9 * secondMs), [0, 3, 3]);
    assert.deepEqual(scoredAt(quality, 3_600 * secondMs), [0, 1, 3]);
    quality.count([hit], 10_000 * secondMs);
    assert.deepEqual(scoredAt(quality, 10_000 * secondMs), [1, 1, 4]);
  });

  it('tells nothing of nothing', () => {
    for (const window of new LiveQuality(500).windows(0)) {
      const { scored, top1, top3, top5, errors } = window;
      assert.deepEqual([scored, top1, top3, top5, errors], [0, 0, 0, 0, []]);
    }
  });
});

const anyOutcome: fc.Arbitrary<Outcome> = fc.record({
  rank: fc.integer({ min: -1, max: 4 }),
  // Sums of such fractions have no rounding.
  probability: fc.nat({ max: 64 }).map((part) => part / 64),
  errorM: fc.option(fc.double({ min: 0, max: 20_000, noNaN: true })),
});

const anyTakes = fc.array(
  fc.record({
    outcomes: fc.array(anyOutcome, { maxLength: 5 }),
    afterMs: fc.oneof(fc.nat({ max: 60_000 }), fc.nat({ max: 3_000_000 })),
  }),
  { maxLength: 40 },
);

/** All that was ever counted, looked through for each figure. */
function byBruteForce(
  all: readonly (Outcome & { readonly atMs: number })[],
  windowMs: number,
  nowMs: number,
): Omit<QualityWindow, 'windowMs'> {
  // Windows move on in steps of ten seconds.
  const beginMs = windowMs === 0 ? -Infinity : (Math.floor(nowMs / 10_000) + 1) * 10_000 - windowMs;
  const within = all.filter(({ atMs }) => atMs >= beginMs);
  const hits = (depth: number): number =>
    within.filter(({ rank }) => rank !== -1 && rank < depth).length;
  const metres = within.flatMap(({ errorM }) =>
    errorM === null ? [] : [Math.min(5_000, Math.round(errorM / 25) * 25)],
  );
  return {
    ...{ scored: within.length, top1: hits(1), top3: hits(3), top5: hits(5) },
    errors: [...new Set(metres)]
      .sort((a, b) => a - b)
      .map((one) => ({
        metres: one,
        predictions: metres.filter((other) => other === one).length,
      })),
    reliability: Array.from({ length: 10 }, (_, bin) => {
      const inBin = within.filter(({ probability }) =>
        bin === 9 ? probability >= 0.9 : probability * 10 >= bin && probability * 10 < bin + 1,
      );
      return {
        predictions: inBin.length,
        probabilitySum: inBin.reduce((sum, { probability }) => sum + probability, 0),
        hits: inBin.filter(({ rank }) => rank === 0).length,
      };
    }),
  };
}

it('any outcomes are counted as by somebody who keeps all of them', () => {
  fc.assert(
    fc.property(anyTakes, (takes) => {
      const quality = new LiveQuality(500);
      const all: (Outcome & { readonly atMs: number })[] = [];
      let nowMs = 0;
      for (const { outcomes, afterMs } of takes) {
        nowMs += afterMs;
        quality.count(outcomes, nowMs);
        all.push(...outcomes.map((outcome) => ({ ...outcome, atMs: nowMs })));
        for (const { windowMs, ...counts } of quality.windows(nowMs)) {
          assert.deepEqual(counts, byBruteForce(all, windowMs, nowMs));
        }
      }
    }),
    { numRuns: 100 },
  );
});
