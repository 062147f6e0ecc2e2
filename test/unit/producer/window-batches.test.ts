import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { windowBatches, type WindowedItem } from '../../../src/producer/windower.js';
import { anItem, ints } from '../batch-fixture.js';

/** An item whose window ends in its own offset. */
function itemAt(offset: number): WindowedItem {
  return { header: anItem(offset), window: Int32Array.of(0, 7, offset) };
}

describe('windowBatches', () => {
  it('puts windows in rows, and the cell that each vehicle is in beside them', () => {
    const frame = { plan: 'p7', steps: 3, maxItems: 2 };
    const items = [itemAt(12), itemAt(15), itemAt(18)];
    assert.deepEqual(windowBatches(items, { from: 10, to: 30 }, frame), [
      {
        plan: 'p7',
        stage: 0,
        covers: { from: 10, to: 16 },
        items: [anItem(12), anItem(15)],
        tensors: [ints('cells', [2, 3], [0, 7, 12, 0, 7, 15]), ints('currentCell', [2], [12, 15])],
      },
      {
        plan: 'p7',
        stage: 0,
        covers: { from: 16, to: 30 },
        items: [anItem(18)],
        tensors: [ints('cells', [1, 3], [0, 7, 18]), ints('currentCell', [1], [18])],
      },
    ]);
  });

  it('tells of fixes that gave no item by a batch without items', () => {
    const frame = { plan: 'p7', steps: 3, maxItems: 2 };
    assert.deepEqual(windowBatches([], { from: 10, to: 30 }, frame), [
      {
        plan: 'p7',
        stage: 0,
        covers: { from: 10, to: 30 },
        items: [],
        tensors: [ints('cells', [0, 3], []), ints('currentCell', [0], [])],
      },
    ]);
  });

  it('accounts for every offset once and for every item in the batch that covers it', () => {
    const anyCase = fc.record({
      from: fc.nat({ max: 1_000 }),
      entered: fc.array(fc.boolean(), { minLength: 1, maxLength: 60 }),
      maxItems: fc.integer({ min: 1, max: 10 }),
    });
    fc.assert(
      fc.property(anyCase, ({ from, entered, maxItems }) => {
        const items = entered.flatMap((yes, at) => (yes ? [itemAt(from + at)] : []));
        const covers = { from, to: from + entered.length };
        const batches = windowBatches(items, covers, { plan: 'p1', steps: 3, maxItems });
        let position = covers.from;
        for (const batch of batches) {
          assert.equal(batch.covers.from, position, 'a hole or an overlap');
          assert.ok(batch.covers.to > position);
          position = batch.covers.to;
          assert.ok(batch.items.length <= maxItems);
          for (const { offset } of batch.items) {
            assert.ok(offset >= batch.covers.from && offset < batch.covers.to);
          }
        }
        assert.equal(position, covers.to);
        assert.deepEqual(
          batches.flatMap((batch) => batch.items),
          items.map(({ header }) => header),
        );
        assert.deepEqual(
          batches.flatMap(({ tensors }) => [...(tensors[1]?.data ?? [])]),
          items.map(({ header }) => header.offset),
        );
      }),
    );
  });
});
