import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Random } from '../../../../src/producer/feeds/fleet/random.js';
import { Weights } from '../../../../src/producer/feeds/fleet/weights.js';

describe('Random', () => {
  it("gives the numbers of the authors' own program", () => {
    // State {1, 2, 3, 4} in xoshiro128starstar.c 1.1, as the Rust crate rand_xoshiro pins it.
    const random = new Random([1, 2, 3, 4]);
    assert.deepEqual(
      Array.from({ length: 10 }, () => random.uint32()),
      [
        11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597,
        4258142804,
      ],
    );
  });

  it('gives different streams to different seeds and purposes, and the same to the same', () => {
    const first = (seed: number | string, purpose: string) => Random.of(seed, purpose).uint32();
    assert.equal(first(1, 'a'), first(1, 'a'));
    assert.equal(first(1, 'a'), first('1', 'a'));
    assert.notEqual(first(1, 'a'), first(2, 'a'));
    assert.notEqual(first(1, 'a'), first(1, 'b'));
  });

  it('draws from the distributions that it names', () => {
    const random = Random.of(1, 'test');
    const draws = 100_000;
    const mean = (draw: () => number) =>
      Array.from({ length: draws }, draw).reduce((sum, value) => sum + value, 0) / draws;
    // Five standard errors of each mean.
    assert.ok(Math.abs(mean(() => random.between(2, 4)) - 3) < (5 * 0.577) / Math.sqrt(draws));
    assert.ok(Math.abs(mean(() => random.exponential(7)) - 7) < (5 * 7) / Math.sqrt(draws));
    assert.ok(Math.abs(mean(() => random.normals()[0])) < 5 / Math.sqrt(draws));
    assert.ok(Math.abs(mean(() => random.normals()[1] ** 2) - 1) < (5 * 1.42) / Math.sqrt(draws));
    assert.ok(
      Math.abs(mean(() => random.normals().reduce((a, b) => a * b))) < 5 / Math.sqrt(draws),
    );
  });
});

describe('Weights', () => {
  it('draws each index as often as its weight says, and never one without weight', () => {
    const random = Random.of(2, 'test');
    const weights = new Weights([0, 3, 0, 1, 0]);
    const counts = [0, 0, 0, 0, 0];
    for (let draw = 0; draw < 40_000; draw++) {
      const index = weights.draw(random);
      counts[index] = (counts[index] ?? 0) + 1;
    }
    assert.equal(weights.total, 4);
    assert.deepEqual([counts[0], counts[2], counts[4]], [0, 0, 0]);
    // 30,000 expected with a standard deviation of 87.
    assert.ok(Math.abs((counts[1] ?? 0) - 30_000) < 435);
  });
});
