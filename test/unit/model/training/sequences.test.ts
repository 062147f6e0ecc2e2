import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  batchesIn,
  cutEpoch,
  fillBatch,
  forEachTransition,
  transitionsOf,
  writeWindow,
} from '../../../../src/model/training/sequences.js';
import type { CellRuns } from '../../../../src/model/training/sequences.js';

/** Runs whose cells are all different, so that a cell says where it is. */
function numberedRuns(lengths: readonly number[]): CellRuns {
  const starts = [0];
  for (const length of lengths) starts.push((starts.at(-1) ?? 0) + length);
  const cells = Int32Array.from({ length: starts.at(-1) ?? 0 }, (_, index) => index + 1);
  return { cells, starts: Int32Array.from(starts) };
}

const runLengths = fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 1, maxLength: 12 });

describe('training sequences', () => {
  it('hold every transition of every run in every epoch, and no other', () => {
    fc.assert(
      fc.property(runLengths, fc.integer({ min: 0, max: 9 }), (lengths, epoch) => {
        const runs = numberedRuns(lengths);
        const cut = cutEpoch(runs, 20, 1, epoch);
        const wanted = new Set<number>();
        forEachTransition(runs, (position) => wanted.add(position + 1));
        const seen = new Set<number>();
        for (let number = 0; number < batchesIn(cut, 1); number += 1) {
          const batch = fillBatch(runs, cut, 20, 1, number);
          batch.ids.forEach((id, step) => {
            if (batch.weights[step] === 0) return;
            assert.equal(batch.targets[step], id + 1, 'the next cell of the numbered run');
            seen.add(id);
          });
        }
        assert.deepEqual(seen, wanted);
        assert.equal(wanted.size, transitionsOf(runs));
      }),
    );
  });

  it('are padded on the left, and padding weighs nothing', () => {
    // One run of three cells gives windows of its first, or its first two cells.
    const runs = numberedRuns([3]);
    const cut = { lasts: Int32Array.of(1, 0), runStarts: Int32Array.of(0, 0) };
    const batch = fillBatch(runs, cut, 4, 2, 0);
    // Time-major: entry step · 2 + row.
    assert.deepEqual([...batch.ids], [0, 0, 0, 0, 1, 0, 2, 1]);
    assert.deepEqual([...batch.targets], [0, 0, 0, 0, 2, 0, 3, 2]);
    const third = Math.fround(1 / 3);
    assert.deepEqual([...batch.weights], [0, 0, 0, 0, third, 0, third, third]);
  });

  it('are cut elsewhere in each epoch, and the same for the same seed', () => {
    const runs = numberedRuns([200]);
    assert.deepEqual(cutEpoch(runs, 20, 1, 0), cutEpoch(runs, 20, 1, 0));
    assert.notDeepEqual(
      cutEpoch(runs, 20, 1, 0).lasts.toSorted(),
      cutEpoch(runs, 20, 1, 1).lasts.toSorted(),
    );
  });

  it('write a window as the last cells of a run, left-padded', () => {
    const runs = numberedRuns([2, 5]);
    const window = new Int32Array(3).fill(9);
    writeWindow(runs, 2, 2, window);
    assert.deepEqual([...window], [0, 0, 3]);
    writeWindow(runs, 5, 2, window);
    assert.deepEqual([...window], [4, 5, 6]);
  });
});
