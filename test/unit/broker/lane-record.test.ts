import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RawLane, RawMessage } from '../../../src/broker/cluster.js';
import { laneRecords, type LaneFetch } from '../../../src/broker/lane-record.js';

/** Control records' keys: version 0, then 0 for an abort and 1 for a commit. */
const abortKey = Buffer.from([0, 0, 0, 0]);
const commitKey = Buffer.from([0, 0, 0, 1]);

function message(offset: number, cares: Partial<RawMessage>): RawMessage {
  return {
    offset: String(offset),
    timestamp: '1709478000000',
    key: null,
    value: Buffer.from(`record ${offset}`),
    ...cares,
  };
}

/** A record that a producer sent within a transaction, or outside of any. */
function sent(offset: number, producerId?: string): RawMessage {
  const inTransaction = producerId !== undefined;
  const batchContext = { producerId: producerId ?? '-1', inTransaction };
  return message(offset, { isControlRecord: false, batchContext });
}

function marker(offset: number, producerId: string, key: Buffer): RawMessage {
  const batchContext = { producerId, inTransaction: true };
  return message(offset, { key, isControlRecord: true, batchContext });
}

function lane(messages: readonly RawMessage[], cares: Partial<RawLane> = {}): RawLane {
  const end = String(Number(messages.at(-1)?.offset ?? -1) + 1);
  return { partition: 2, highWatermark: end, lastStableOffset: end, messages, ...cares };
}

function aborted(...transactions: readonly [producerId: string, firstOffset: number][]) {
  return {
    abortedTransactions: transactions.map(([producerId, firstOffset]) => {
      return { producerId, firstOffset: String(firstOffset) };
    }),
  };
}

/** As a reader of committed records sees it, that asked for this lane only. */
function committed(raw: RawLane, fromOffset = 0): LaneFetch {
  return laneRecords(raw, { fromOffset, committedOnly: true });
}

function offsetsOf({ records }: LaneFetch): number[] {
  return records.map(({ offset }) => offset);
}

describe('the records of a fetch', () => {
  it('have what the record had, and of a header that came twice the last', () => {
    const headers = { once: Buffer.from('1'), twice: [Buffer.from('2'), Buffer.from('3')] };
    const raw = lane([message(5, { key: Buffer.from('taxi-1'), headers })]);
    assert.deepEqual(committed(raw, 5), {
      lane: 2,
      records: [
        {
          lane: 2,
          offset: 5,
          timestampMs: 1_709_478_000_000,
          key: Buffer.from('taxi-1'),
          value: Buffer.from('record 5'),
          headers: { once: Buffer.from('1'), twice: Buffer.from('3') },
        },
      ],
      nextOffset: 6,
      endOffset: 6,
    });
  });

  it('begin at the offset asked for, although the broker gives the whole batch around it', () => {
    const fetched = committed(lane([sent(3), sent(4), sent(5)]), 4);
    assert.deepEqual([offsetsOf(fetched), fetched.nextOffset], [[4, 5], 6]);
  });

  it('go on behind the markers of transactions, which are no records', () => {
    const fetched = committed(lane([sent(0, 'a'), marker(1, 'a', commitKey)]));
    assert.deepEqual([offsetsOf(fetched), fetched.nextOffset], [[0], 2]);
  });

  it('end for a reader of committed records where the first open transaction begins', () => {
    const raw = lane([sent(0)], { highWatermark: '9', lastStableOffset: '1' });
    assert.equal(committed(raw).endOffset, 1);
    const uncommitted = { fromOffset: 0, committedOnly: false };
    assert.equal(laneRecords(raw, uncommitted).endOffset, 9);
  });
});

describe('aborted transactions', () => {
  it('are not seen, and what others committed or sent outside of any meanwhile is', () => {
    const raw = lane(
      [
        sent(0, 'a'),
        sent(1, 'b'),
        sent(2),
        sent(3, 'a'),
        marker(4, 'b', commitKey),
        marker(5, 'a', abortKey),
        sent(6, 'a'),
        marker(7, 'a', commitKey),
      ],
      aborted(['a', 0]),
    );
    assert.deepEqual(offsetsOf(committed(raw)), [1, 2, 6]);
  });

  it('that overlap each end with their own marker', () => {
    const raw = lane(
      [
        sent(0, 'a'),
        sent(1, 'b'),
        marker(2, 'a', abortKey),
        // Still in the transaction of b that 7 aborts.
        sent(3, 'b'),
        sent(4, 'a'),
        marker(5, 'a', commitKey),
        sent(6, 'b'),
        marker(7, 'b', abortKey),
        sent(8, 'b'),
        marker(9, 'b', commitKey),
      ],
      aborted(['a', 0], ['b', 1]),
    );
    assert.deepEqual(offsetsOf(committed(raw)), [4, 8]);
  });

  it('of one producer end one after the other, with what it committed between them seen', () => {
    const raw = lane(
      [
        sent(0, 'a'),
        marker(1, 'a', abortKey),
        sent(2, 'a'),
        marker(3, 'a', commitKey),
        sent(4, 'a'),
        sent(5, 'a'),
        marker(6, 'a', abortKey),
        sent(7, 'a'),
        marker(8, 'a', commitKey),
      ],
      aborted(['a', 0], ['a', 4]),
    );
    assert.deepEqual(offsetsOf(committed(raw)), [2, 7]);
  });

  it('that began before the fetch are not seen either', () => {
    const raw = lane([sent(10, 'a'), marker(11, 'a', abortKey), sent(12, 'a')], aborted(['a', 3]));
    assert.deepEqual(offsetsOf(committed(raw, 10)), [12]);
  });

  it('that end before the offset asked for, in its batch, hide nothing behind it', () => {
    const raw = lane([sent(3, 'a'), marker(4, 'a', abortKey), sent(5, 'a')], aborted(['a', 3]));
    assert.deepEqual(offsetsOf(committed(raw, 5)), [5]);
  });

  it('are seen by a reader that asks for uncommitted records too', () => {
    const raw = lane([sent(0, 'a'), marker(1, 'a', abortKey)], aborted(['a', 0]));
    const fetched = laneRecords(raw, { fromOffset: 0, committedOnly: false });
    assert.deepEqual(offsetsOf(fetched), [0]);
  });

  it('leave nothing to ask for again where there was nothing else', () => {
    const raw = lane([sent(0, 'a'), marker(1, 'a', abortKey)], aborted(['a', 0]));
    assert.deepEqual(committed(raw), { lane: 2, records: [], nextOffset: 2, endOffset: 2 });
  });
});

describe('a fetch that brings nothing of a lane', () => {
  const open = { highWatermark: '9', lastStableOffset: '9' };

  /** Batches that end so, whatever records compaction has left of them. */
  function batches(behind: number | null, messages: readonly RawMessage[] = []): RawLane {
    return lane(Object.assign([...messages], { behind }), open);
  }

  it('goes on behind batches that compaction has emptied', () => {
    assert.equal(committed(batches(6), 4).nextOffset, 6);
    const emptiedAtItsEnd = batches(6, [sent(2), sent(3)]);
    assert.equal(committed(emptiedAtItsEnd, 2).nextOffset, 6);
  });

  it('skips nothing where there was no batch: the leader is new, or the response was full', () => {
    assert.equal(committed(batches(null), 4).nextOffset, 4);
    assert.equal(committed(lane([], open), 4).nextOffset, 4);
  });

  it('does not go back', () => {
    assert.equal(committed(batches(6), 9).nextOffset, 9);
  });
});
