import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { newPart } from '../../../src/broker/coverage.js';
import { GapError } from '../../../src/broker/errors.js';
import type { TensorBatch } from '../../../src/wire/tensor-batch.js';
import { aBatch, anItem, floats, ints } from '../batch-fixture.js';

/** A batch with an item at each of these offsets, which its tensors' rows repeat. */
function batchOf(from: number, to: number, offsets: readonly number[]): TensorBatch {
  return aBatch({
    covers: { from, to },
    items: offsets.map((offset) => anItem(offset)),
    tensors: [
      ints('id', [offsets.length], offsets),
      floats(
        'wide',
        [offsets.length, 2, 1],
        offsets.flatMap((offset) => [offset, -offset]),
      ),
    ],
  });
}

describe('what is new of a batch', () => {
  it('is all of it where it begins at the position', () => {
    const batch = batchOf(10, 20, [12, 15]);
    assert.deepEqual(newPart(batch, 10, 'record 1'), batch);
  });

  it('is nothing where the batch ends at or before the position', () => {
    assert.equal(newPart(batchOf(10, 20, [12, 15]), 20, 'record 1'), null);
    assert.equal(newPart(batchOf(10, 20, [12, 15]), 25, 'record 1'), null);
  });

  it('is its items from the position on, with their rows and no others', () => {
    const batch = batchOf(10, 20, [12, 15, 18]);
    assert.deepEqual(newPart(batch, 13, 'record 1'), batchOf(13, 20, [15, 18]));
    assert.deepEqual(newPart(batch, 15, 'record 1'), batchOf(15, 20, [15, 18]));
    assert.deepEqual(newPart(batch, 16, 'record 1'), batchOf(16, 20, [18]));
  });

  it('is coverage alone where its items are all known', () => {
    assert.deepEqual(newPart(batchOf(10, 20, [12, 15]), 18, 'record 1'), batchOf(18, 20, []));
  });

  it('is not to be had behind a gap: the error says where and what is missing', () => {
    assert.throws(
      () => newPart(batchOf(10, 20, [12]), 7, 'Record 5 of lane 2'),
      (thrown) => {
        assert.ok(thrown instanceof GapError);
        assert.equal(thrown.disposition, 'fatal');
        assert.match(thrown.message, /Record 5 of lane 2 goes on at fix 10, .* 7 … 9 /);
        return true;
      },
    );
  });

  it('makes one stream of what any number of writers wrote: each item once, in order', () => {
    /** Each record goes back from where the others have come to, and ends anywhere behind that. */
    const writers = fc.array(
      fc.record({ back: fc.nat({ max: 20 }), length: fc.nat({ max: 20 }) }),
      {
        maxLength: 40,
      },
    );
    const stepsBetweenItems = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 200 });
    fc.assert(
      fc.property(writers, stepsBetweenItems, (records, steps) => {
        let at = -1;
        const offsets = steps.map((step) => (at += step));
        let position = 0;
        const ids: number[] = [];
        const wide: number[] = [];
        for (const { back, length } of records) {
          const from = Math.max(0, position - back);
          const to = from + length;
          const within = offsets.filter((offset) => offset >= from && offset < to);
          const fresh = newPart(batchOf(from, to, within), position, 'record');
          if (fresh === null) continue;
          assert.equal(fresh.covers.from, position);
          position = fresh.covers.to;
          ids.push(...(fresh.tensors[0]?.data ?? []));
          wide.push(...(fresh.tensors[1]?.data ?? []));
        }
        const expected = offsets.filter((offset) => offset < position);
        assert.deepEqual(ids, expected);
        assert.deepEqual(
          wide,
          expected.flatMap((offset) => [offset, -offset]),
        );
      }),
    );
  });
});
