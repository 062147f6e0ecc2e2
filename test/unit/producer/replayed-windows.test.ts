import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LaneRecord } from '../../../src/broker/lane-record.js';
import { VehicleMap } from '../../../src/geo/windows.js';
import { loggedFix } from '../../../src/observe/logged-fix.js';
import { Windower } from '../../../src/producer/windower.js';
import { encodeGeoFix } from '../../../src/wire/geo-fix.js';
import { replayOfHeader } from '../../../src/wire/replay-mark.js';
import { encodeTensorBatch, type TensorBatch } from '../../../src/wire/tensor-batch.js';
import { aBatch, anItem, ints } from '../batch-fixture.js';
import { minute, rowOfCells as grid, startMs } from './row-of-cells.js';

const rules = {
  ...{ steps: 3, tripGapMs: 10 * minute, maxSpeedKmh: 250 },
  ...{ maxFutureMs: 5 * minute, memoryMs: 60 * minute },
};

const marked = (text: string) => ({ [replayOfHeader]: Buffer.from(text) });

function aRecord(offset: number, cares: Partial<LaneRecord>): LaneRecord {
  const at = { lane: 3, offset, timestampMs: startMs + offset * minute };
  return { ...at, key: Buffer.from('taxi-1'), value: null, headers: {}, ...cares };
}

/** Taxi 1 in a cell, a minute an offset after the start. */
function fixRecord(offset: number, cell: number, cares: Partial<LaneRecord> = {}): LaneRecord {
  const place = { latitude: 36.495, longitude: 126.995 + cell / 100 };
  const fix = { vehicleId: 'taxi-1', eventTimeMs: startMs + offset * minute, ...place };
  return aRecord(offset, { value: encodeGeoFix(fix), ...cares });
}

const sent = aBatch({
  items: [anItem(7, { eventTimeMs: startMs - minute, ingestTimeMs: startMs - 1 })],
  tensors: [ints('cells', [1, 3], [0, 9, 5]), ints('currentCell', [1], [5])],
});

function windowRecord(batch: TensorBatch, cares: Partial<LaneRecord> = {}): LaneRecord {
  const headers = marked('taxi.p1.stage-2/3/40#7');
  return aRecord(1, { value: encodeTensorBatch(batch), headers, ...cares });
}

function step(records: readonly LaneRecord[]) {
  const vehicles = new VehicleMap(grid, rules);
  return new Windower({ topic: 'taxi.fixes', vehicles, steps: 3, cellCount: 9 }).step(records);
}

describe('an item that is replayed', () => {
  it('has its window and its time, the new fix’s offset and a mark; its vehicle stays where it is', () => {
    const { items, deadLetters } = step([fixRecord(0, 1), windowRecord(sent), fixRecord(2, 2)]);
    assert.deepEqual(deadLetters, []);
    assert.deepEqual(
      items.map(({ header, window }) => [header.offset, [...window]]),
      [
        [0, [0, 0, 1]],
        [1, [0, 9, 5]],
        [2, [0, 1, 2]],
      ],
    );
    assert.deepEqual(items[1]?.header, {
      offset: 1,
      key: 'taxi-1',
      eventTimeMs: startMs - minute,
      ingestTimeMs: startMs + minute,
      failure: null,
      replay: { of: 7, broughtWindow: true },
    });
    assert.equal(items[2]?.header.replay, null);
  });

  const [item] = sent.items;
  assert.ok(item);
  const broken: readonly (readonly [string, LaneRecord])[] = [
    ['no value', windowRecord(sent, { value: null })],
    ['bytes cut short', windowRecord(sent, { value: encodeTensorBatch(sent).subarray(0, 40) })],
    ['a fix in its place', fixRecord(1, 2, { headers: marked('taxi.p1.stage-2/3/40#7') })],
    ['another vehicle’s key', windowRecord(sent, { key: Buffer.from('taxi-2') })],
    ['no key', windowRecord(sent, { key: null })],
    ['two items', windowRecord({ ...sent, items: [item, item] })],
    ['no item', windowRecord({ ...sent, items: [] })],
    ['no window', windowRecord({ ...sent, tensors: sent.tensors.slice(1) })],
    ['no current cell', windowRecord({ ...sent, tensors: sent.tensors.slice(0, 1) })],
    ...(
      [
        ['a window too long', [0, 0, 9, 5], 5],
        ['a cell beyond the grid', [0, 10, 5], 5],
        ['a cell below 0', [0, -1, 5], 5],
        ['another current cell', [0, 9, 5], 4],
      ] as const
    ).map(([what, cells, current]): [string, LaneRecord] => {
      const window = ints('cells', [1, cells.length], cells);
      const tensors = [window, ints('currentCell', [1], [current])];
      return [what, windowRecord({ ...sent, tensors })];
    }),
  ];
  for (const [what, record] of broken) {
    it(`with ${what} is INVALID_REPLAY, owes nothing, and its neighbours go on`, () => {
      const { items, deadLetters } = step([fixRecord(0, 1), record, fixRecord(2, 2)]);
      assert.deepEqual(
        deadLetters.map(({ code, offset, value }) => [code, offset, value]),
        [['INVALID_REPLAY', 1, record.value]],
      );
      assert.deepEqual(
        items.map(({ header }) => header.offset),
        [0, 2],
      );
      const reading = { fixesTopic: 'taxi.fixes', steps: 3, cellCount: 9 };
      const { fix, sentItem } = loggedFix(record, reading);
      assert.deepEqual([fix, sentItem], [null, null], 'the referee sees it alike');
    });
  }

  it('without a mark is a record of another kind', () => {
    const { deadLetters } = step([windowRecord(sent, { headers: {} })]);
    assert.equal(deadLetters[0]?.code, 'WRONG_SCHEMA');
  });
});

describe('a fix that is replayed', () => {
  for (const [what, text, of] of [
    ['of the same lane', 'taxi.fixes/3/17', 17],
    ['of another lane', 'taxi.fixes/2/17', -1],
    ['that was never sent', 'taxi.dead-letter/3/17', -1],
  ] as const) {
    it(`${what} counts as any other, and its item says so`, () => {
      const record = fixRecord(1, 2, { headers: marked(text) });
      const { items } = step([fixRecord(0, 1), record, fixRecord(2, 3)]);
      assert.deepEqual(
        items.map(({ header, window }) => [header.replay, [...window]]),
        [
          [null, [0, 0, 1]],
          [{ of, broughtWindow: false }, [0, 1, 2]],
          [null, [1, 2, 3]],
        ],
      );
    });
  }

  it('by a header that nobody understands is none', () => {
    const headers = marked('the one of yesterday');
    const { items } = step([fixRecord(0, 1, { headers })]);
    assert.equal(items[0]?.header.replay, null);
  });
});
