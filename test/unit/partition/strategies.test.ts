import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { balanced } from '../../../src/partition/balanced.js';
import { subModelRanges } from '../../../src/partition/cuts.js';
import { even } from '../../../src/partition/even.js';
import { manual } from '../../../src/partition/manual.js';
import type { LayerCost } from '../../../src/partition/layers.js';

function network(costs: readonly (readonly [flops: number, cutBytes: number])[]): LayerCost[] {
  return costs.map(([flops, cutBytes], index) => ({
    name: `layer-${index}`,
    className: 'Any',
    flops,
    weightsBytes: 0,
    // More than what any cut sends: it is nothing to go by.
    outputShape: [1000 + index],
    outputBytes: 4 * (1000 + index),
    cutBytes,
  }));
}

/** Every way to cut, by recursion over the first cut: nothing in common with the planner. */
function* allCuts(layerCount: number, stages: number, from = 0): Generator<number[]> {
  if (stages === 1) {
    yield [];
    return;
  }
  for (let cut = from + 1; cut <= layerCount - stages + 1; cut += 1) {
    for (const rest of allCuts(layerCount, stages - 1, cut)) yield [cut, ...rest];
  }
}

/** Heaviest sub-model, sub-models without work, bytes across cuts: in this order of importance. */
function rank(layers: readonly LayerCost[], cuts: readonly number[]): number[] {
  const loads: number[] = [];
  let load = 0;
  layers.forEach((layer, index) => {
    if (cuts.includes(index)) {
      loads.push(load);
      load = 0;
    }
    load += layer.flops;
  });
  loads.push(load);
  const bytes = cuts.reduce((sum, cut) => sum + (layers[cut - 1]?.cutBytes ?? NaN), 0);
  return [Math.max(...loads), loads.filter((flops) => flops === 0).length, bytes];
}

function compare(a: readonly number[], b: readonly number[]): number {
  const index = a.findIndex((value, at) => value !== b[at]);
  return index < 0 ? 0 : (a[index] ?? 0) - (b[index] ?? 0);
}

describe('balanced', () => {
  const networks = fc.array(
    fc.tuple(
      fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 1000 })),
      fc.integer({ min: 1, max: 5 }),
    ),
    { minLength: 1, maxLength: 9 },
  );

  it('no other division has a lighter heaviest sub-model, or as light a one and fewer bytes across its cuts', () => {
    fc.assert(
      fc.property(networks, fc.nat(), (costs, seed) => {
        const layers = network(costs);
        const stages = 1 + (seed % layers.length);
        const ours = rank(layers, balanced.cut(layers, stages));
        for (const cuts of allCuts(layers.length, stages)) {
          assert.ok(compare(ours, rank(layers, cuts)) <= 0, `[${cuts.join()}] is better`);
        }
      }),
    );
  });

  it('gives no sub-model without work where each can have some', () => {
    fc.assert(
      fc.property(networks, fc.nat(), (costs, seed) => {
        const layers = network(costs);
        const working = layers.filter(({ flops }) => flops > 0).length;
        fc.pre(working > 0);
        const stages = 1 + (seed % working);
        assert.equal(rank(layers, balanced.cut(layers, stages))[1], 0);
      }),
    );
  });

  it('evens out what is left over once the heaviest sub-model and the bytes are settled', () => {
    const layers = network([9, 1, 1, 1, 1].map((flops) => [flops, 4]));
    // 9 | 1 1 | 1 1 and 9 | 1 | 1 1 1 are equal in both: the first is the even one.
    assert.deepEqual(balanced.cut(layers, 3), [1, 3]);
  });
});

describe('even', () => {
  it('gives each sub-model the same number of layers, the first ones one more where needed', () => {
    const layers = network(Array.from({ length: 21 }, () => [1, 4]));
    assert.deepEqual(even.cut(layers, 3), [7, 14]);
    assert.deepEqual(even.cut(layers, 2), [11]);
    assert.deepEqual(even.cut(layers, 4), [6, 11, 16]);
    assert.deepEqual(even.cut(layers, 1), []);
    assert.deepEqual(
      even.cut(layers, 21),
      Array.from({ length: 20 }, (_, index) => index + 1),
    );
  });

  it('gives sub-models whose sizes differ by one layer at most', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.nat(), (layerCount, seed) => {
        const layers = network(Array.from({ length: layerCount }, () => [1, 4]));
        const ranges = subModelRanges(even.cut(layers, 1 + (seed % layerCount)), layerCount);
        const sizes = ranges.map(({ from, to }) => to - from);
        assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1);
      }),
    );
  });
});

describe('manual', () => {
  const layers = network(Array.from({ length: 5 }, () => [1, 4]));

  it('gives back the cuts it was made with', () => {
    assert.deepEqual(manual([1, 4]).cut(layers, 3), [1, 4]);
  });

  for (const [cuts, stages, what] of [
    [[3, 3], 3, 'cuts that do not increase'],
    [[0], 2, 'a cut before the first layer'],
    [[5], 2, 'a cut after the last layer'],
    [[1.5], 2, 'a cut inside a layer'],
    [[2], 3, 'too few cuts for the sub-models asked for'],
  ] as const) {
    it(`refuses ${what}`, () => {
      assert.throws(() => manual(cuts).cut(layers, stages), { code: 'CUTS_INVALID' });
    });
  }
});

describe('every strategy', () => {
  const layers = network([
    [1, 4],
    [2, 4],
  ]);

  for (const strategy of [even, balanced, manual([1, 2])]) {
    it(`${strategy.name} refuses more sub-models than layers, and says how many there can be`, () => {
      assert.throws(() => strategy.cut(layers, 3), {
        name: 'PartitionError',
        code: 'TOO_MANY_STAGES',
        message: /only 2 layers/,
      });
    });
  }

  for (const strategy of [even, balanced]) {
    for (const stages of [0, -1, 1.5, NaN]) {
      it(`${strategy.name} refuses ${stages} sub-models`, () => {
        assert.throws(() => strategy.cut(layers, stages), { code: 'STAGES_INVALID' });
      });
    }
  }
});

describe('subModelRanges', () => {
  it('gives the layers of each sub-model', () => {
    assert.deepEqual(subModelRanges([7, 14], 21), [
      { from: 0, to: 7 },
      { from: 7, to: 14 },
      { from: 14, to: 21 },
    ]);
    assert.deepEqual(subModelRanges([], 21), [{ from: 0, to: 21 }]);
  });

  it('refuses cuts that are none of the network', () => {
    assert.throws(() => subModelRanges([3, 2], 5), { code: 'CUTS_INVALID' });
    assert.throws(() => subModelRanges([1, 2], 2), { code: 'TOO_MANY_STAGES' });
  });
});
