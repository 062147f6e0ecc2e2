import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { fitHop, hopMs } from '../../../src/partition/hop-fit.js';
import { nonNegativeLeastSquares } from '../../../src/partition/least-squares.js';
import { measuredOf, uncertaintyOf } from '../../../src/partition/measured.js';
import { fitRanges, rangeErrorOf, rangeMs } from '../../../src/partition/range-fit.js';
import { relativeSpeed } from '../../../src/partition/relative-speed.js';
import { profile } from './profile-fixture.js';

function near(found: number, expected: number, tolerance = 1e-4): void {
  const error = Math.abs(found - expected);
  assert(error <= tolerance * Math.max(1, Math.abs(expected)), `${found}, expected ${expected}`);
}

describe('a measured quantity', () => {
  it('is the median, with half of the distance between the quartiles', () => {
    // By hand: of 1 … 5 the quartiles are 2 and 4; of 1, 2, 3, 10 they are 1.75 and 4.75.
    assert.deepEqual(measuredOf([5, 1, 4, 2, 3]), { median: 3, spread: 1 });
    assert.deepEqual(measuredOf([10, 2, 1, 3]), { median: 2.5, spread: 1.5 });
    assert.deepEqual(measuredOf([7]), { median: 7, spread: 0 });
  });

  it('is the more certain the more samples there are', () => {
    const measured = { median: 2, spread: 0.1 };
    // 1.25 × 1.48 × 0.1 / 2, and a quarter of it for 16 times as many.
    near(uncertaintyOf(measured, 1), 0.0925);
    near(uncertaintyOf(measured, 16), 0.0925 / 4);
  });
});

describe('least squares', () => {
  it('is worked out as by hand, and keeps below 0 what would go there', () => {
    const equation = (coefficients: number[], value: number) => ({ coefficients, value, scale: 1 });
    // x + y = 3 and x = 1; then x + y = 1 and x = 3, where y would be −2: x is the mean of 1 and 3.
    const [x = 0, y = 0] = nonNegativeLeastSquares([equation([1, 1], 3), equation([1, 0], 1)]);
    near(x, 1);
    near(y, 2);
    const [one, other] = nonNegativeLeastSquares([equation([1, 1], 1), equation([1, 0], 3)]);
    near(one ?? 0, 2);
    assert.equal(other, 0);
  });

  it('leaves an unknown that nothing speaks of at 0', () => {
    const found = nonNegativeLeastSquares([{ coefficients: [2, 0], value: 4, scale: 4 }]);
    near(found[0] ?? 0, 2);
    assert.equal(found[1], 0);
  });
});

const anyMs = fc.double({ min: 0.05, max: 5, noNaN: true });

describe("layers' times", () => {
  it('are found from ranges that each pay for one call', () => {
    fc.assert(
      fc.property(fc.array(anyMs, { minLength: 3, maxLength: 8 }), anyMs, (layers, callMs) => {
        const ranges = layers.flatMap((_, from) =>
          layers.slice(from).map((_, more) => ({ from, to: from + more + 1 })),
        );
        const times = ranges.map(({ from, to }) => {
          const ms = layers.slice(from, to).reduce((sum, one) => sum + one, callMs);
          return { from, to, ms };
        });
        const fit = fitRanges(times, layers.length);
        near(fit.callMs, callMs, 1e-3);
        fit.layerMs.forEach((ms, layer) => near(ms, layers[layer] ?? 0, 1e-3));
      }),
    );
  });

  it('are judged by how far their sums are from ranges that were left out', () => {
    const fit = { layerMs: [1, 2, 3], callMs: 0.5 };
    assert.equal(rangeMs(fit, { from: 1, to: 3 }), 5.5);
    // By hand: 3.5 for 3.5, 5.5 for 5 (10 %), 6.5 for 8.125 (20 %).
    const error = rangeErrorOf(fit, [
      { from: 0, to: 2, ms: 3.5 },
      { from: 1, to: 3, ms: 5 },
      { from: 0, to: 3, ms: 8.125 },
    ]);
    assert.equal(error.count, 3);
    near(error.median, 0.1);
    near(error.largest, 0.2);
    assert.deepEqual(rangeErrorOf(fit, []), { count: 0, median: 0, largest: 0 });
  });
});

describe("a hop's cost", () => {
  const sizes = [
    { items: 64, inputBytes: 655_000, outputBytes: 655_000 },
    { items: 64, inputBytes: 85_000, outputBytes: 85_000 },
    { items: 64, inputBytes: 655_000, outputBytes: 85_000 },
    { items: 64, inputBytes: 85_000, outputBytes: 655_000 },
    { items: 8, inputBytes: 82_000, outputBytes: 82_000 },
    { items: 8, inputBytes: 11_000, outputBytes: 11_000 },
  ];

  it('is told apart into records, items, bytes in and bytes out', () => {
    fc.assert(
      fc.property(anyMs, anyMs, anyMs, anyMs, (record, item, decode, encode) => {
        const cost = {
          recordMs: record,
          itemMs: item / 50,
          decodeNsPerByte: decode,
          encodeNsPerByte: encode,
        };
        const times = sizes.map((size) => ({ ...size, recordMs: hopMs(cost, size) }));
        const found = fitHop(times);
        for (const time of times) near(hopMs(found, time) / time.recordMs, 1, 1e-3);
        near(found.decodeNsPerByte, cost.decodeNsPerByte, 0.02);
        near(found.encodeNsPerByte, cost.encodeNsPerByte, 0.02);
      }),
    );
  });

  it('adds up as by hand', () => {
    const cost = { recordMs: 0.1, itemMs: 0.01, decodeNsPerByte: 2, encodeNsPerByte: 3 };
    // 0.1 + 64 × 0.01 + 1e5 × 2 ns + 2e5 × 3 ns
    near(hopMs(cost, { items: 64, inputBytes: 1e5, outputBytes: 2e5 }), 0.1 + 0.64 + 0.2 + 0.6);
  });
});

describe("a node's speed", () => {
  const slower = {
    ...profile,
    layers: profile.layers.map((layer) => ({
      ...layer,
      times: layer.times.map(({ batch, ms }) => ({
        batch,
        ms: { ...ms, median: batch === 8 ? 2 * ms.median : ms.median },
      })),
    })),
  };

  it('is that of its largest batch, relative to the other profile', () => {
    assert.equal(relativeSpeed(slower, profile), 0.5);
    const fast = { ...profile, node: { ...profile.node, speed: 3 } };
    assert.equal(relativeSpeed(slower, fast), 1.5);
  });

  it('is not to be had from the profile of another model', () => {
    const other = { ...profile, modelDigest: 'cd'.repeat(32) };
    assert.throws(() => relativeSpeed(profile, other), { code: 'PROFILE_INVALID' });
  });
});
