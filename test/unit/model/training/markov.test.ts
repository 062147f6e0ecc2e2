import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { allItems, judgeRanker, sampleItems } from '../../../../src/model/training/hits.js';
import { hitRates, judgeBaseline } from '../../../../src/model/evaluation/judged.js';
import { fitMarkov } from '../../../../src/model/training/markov.js';
import type { CellRuns } from '../../../../src/model/training/sequences.js';

function runsOf(...runs: readonly (readonly number[])[]): CellRuns {
  const starts = [0];
  for (const run of runs) starts.push((starts.at(-1) ?? 0) + run.length);
  return { cells: Int32Array.from(runs.flat()), starts: Int32Array.from(starts) };
}

// Counted by hand. After 2: 3 three times (twice coming from 1), 4 twice (both from 5).
const training = runsOf([1, 2, 3], [1, 2, 3], [5, 2, 4], [5, 2, 4], [2, 3]);

describe('Markov baselines', () => {
  const { firstOrder, secondOrder } = fitMarkov(training, 3);

  it('of first order rank the next cells by how often they came', () => {
    assert.deepEqual(firstOrder.rank(1, 2).slice(0, 2), [3, 4]);
    assert.deepEqual(firstOrder.rank(5, 2).slice(0, 2), [3, 4]);
  });

  it('fill up with, and fall back to, the cells that are entered most of all', () => {
    // Entered as next cells: 2 four times, 3 three times, 4 twice.
    assert.deepEqual(firstOrder.rank(null, 99), [2, 3, 4]);
    assert.deepEqual(firstOrder.rank(null, 2), [3, 4, 2]);
  });

  it('of second order look at the cell before, and back off where the pair was never seen', () => {
    assert.deepEqual(secondOrder.rank(5, 2), [4, 3, 2]);
    assert.deepEqual(secondOrder.rank(1, 2), [3, 4, 2]);
    assert.deepEqual(secondOrder.rank(7, 2), [3, 4, 2]);
    assert.deepEqual(secondOrder.rank(null, 2), [3, 4, 2]);
  });

  it('are judged on every cell with a known successor', () => {
    // Items 5→2, 2→4, 1→2, 2→3: first order misses 2→4, second order misses none.
    const items = allItems(runsOf([5, 2, 4], [1, 2, 3], [6]));
    assert.deepEqual(hitRates(judgeBaseline(items, firstOrder)), {
      top1: 0.75,
      top3: 1,
      top5: 1,
      items: 4,
    });
    assert.equal(hitRates(judgeBaseline(items, secondOrder)).top1, 1);
  });
});

describe('hit rates', () => {
  it('count the place of the truth in the ranking of the live window', () => {
    const windows: number[][] = [];
    // Truths are 2, 3, 4, 5: at place 1, 3, 5 and nowhere in the ranking.
    const ranking = [2, 3, 9, 9, 4];
    const rates = judgeRanker(allItems(runsOf([1, 2, 3, 4, 5])), 3, 3, (batch) => {
      const rows = batch.length / 3;
      for (let row = 0; row < rows; row += 1)
        windows.push([...batch.subarray(3 * row, 3 * row + 3)]);
      return Array.from({ length: rows }).flatMap(() => ranking);
    });
    assert.deepEqual(windows, [
      [0, 0, 1],
      [0, 1, 2],
      [1, 2, 3],
      [2, 3, 4],
    ]);
    assert.deepEqual(rates, { top1: 0.25, top3: 0.5, top5: 0.75, items: 4 });
  });

  it('of a sample are of distinct items, the same for the same seed', () => {
    const items = allItems(runsOf(Array.from({ length: 500 }, (_, index) => index)));
    const sample = sampleItems(items, 100, 1);
    assert.equal(new Set(sample.positions).size, 100);
    assert.deepEqual(sample, sampleItems(items, 100, 1));
  });
});
