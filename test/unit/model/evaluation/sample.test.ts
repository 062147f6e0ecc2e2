import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  drawSample,
  judgeSample,
  sampleJson,
  testSampleSchema,
} from '../../../../src/model/evaluation/sample.js';
import { itemsOf } from './driven-runs.js';

const items = itemsOf([
  { vehicle: 0, cells: [1, 2, 3, 4, 5] },
  { vehicle: 1, cells: [0, 7] },
]);

describe('a sample of test items', () => {
  it('has each item’s window without its padding, and the truth', () => {
    assert.deepEqual(drawSample(items, 3, 100, 1), {
      steps: 3,
      items: [
        [1, 2],
        [1, 2, 3],
        [1, 2, 3, 4],
        [2, 3, 4, 5],
        // Outside is a cell like any other: the last one of a window is never padding.
        [0, 7],
      ],
    });
  });

  it('is as large as asked for, and the same for the same seed', () => {
    const sample = drawSample(items, 3, 2, 1);
    assert.equal(sample.items.length, 2);
    assert.deepEqual(drawSample(items, 3, 2, 1), sample);
  });

  it('comes back from its file', () => {
    const sample = drawSample(items, 3, 4, 1);
    assert.deepEqual(testSampleSchema.parse(JSON.parse(sampleJson(sample))), sample);
  });

  it('gives the network the windows that it would be given live, and counts its hits', () => {
    const given: number[][] = [];
    // Always 9, 5, 4, 3, 2: the truths 2, 3, 4, 5 and 7 are at places 5, 4, 3, 2 and none.
    const hits = judgeSample(drawSample(items, 3, 100, 1), (windows) => {
      for (let row = 0; row < windows.length / 3; row += 1) {
        given.push(Array.from(windows.subarray(3 * row, 3 * row + 3)));
      }
      return { cells: given.flatMap(() => [9, 5, 4, 3, 2]), probabilities: [] };
    });
    assert.deepEqual(given, [
      [0, 0, 1],
      [0, 1, 2],
      [1, 2, 3],
      [2, 3, 4],
      [0, 0, 0],
    ]);
    assert.deepEqual(hits, { items: 5, top1Hits: 0, top3Hits: 2, top5Hits: 4 });
  });
});
