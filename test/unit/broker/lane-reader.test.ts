import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { FetchOptions } from '../../../src/broker/lane-log.js';
import type { LaneQueue } from '../../../src/broker/lane-queue.js';
import { LaneReader } from '../../../src/broker/lane-reader.js';
import type { LaneFetch, LaneRecord } from '../../../src/broker/lane-record.js';
import { createLogger } from '../../../src/log.js';

const recordBytes = 1_000;
const maxLaneBytes = 4 * recordBytes;

/** A broker that leads all lanes, each with the same number of records, and answers as KIP-74 says. */
class FullBroker {
  readonly #records: number;
  requests = 0;

  constructor(records: number) {
    this.#records = records;
  }

  leaders(_topic: string, lanes: readonly number[]): Promise<Map<string, number[]>> {
    return Promise.resolve(new Map([['1', [...lanes]]]));
  }

  bounds(): Promise<{ begin: number[]; end: number[] }> {
    return Promise.resolve({ begin: [], end: [] });
  }

  refresh(): Promise<void> {
    return Promise.resolve();
  }

  async fetch(
    _topic: string,
    _node: string,
    positions: ReadonlyMap<number, number>,
    options: Pick<FetchOptions, 'maxLaneBytes' | 'maxBytes'>,
  ): Promise<LaneFetch[]> {
    this.requests += 1;
    await delay(0);
    let left = options.maxBytes;
    let isFirst = true;
    return [...positions].map(([lane, from]) => {
      const room = Math.floor(Math.min(left, options.maxLaneBytes) / recordBytes);
      const count = Math.min(this.#records - from, isFirst ? Math.max(1, room) : Math.max(0, room));
      if (count > 0) isFirst = false;
      left -= count * recordBytes;
      const records = Array.from({ length: count }, (_, index) => aRecord(lane, from + index));
      return { lane, records, nextOffset: from + count, endOffset: this.#records };
    });
  }
}

function aRecord(lane: number, offset: number): LaneRecord {
  // The queue counts 100 bytes beside.
  const value = Buffer.alloc(recordBytes - 100);
  return { lane, offset, timestampMs: 0, key: null, value, headers: {} };
}

function read(broker: FullBroker, lanes: number): { reader: LaneReader; queues: LaneQueue[] } {
  const options = { maxLaneBytes, committedOnly: false };
  const reader = new LaneReader(broker, 'topic', options, createLogger('test', 'silent'));
  return { reader, queues: Array.from({ length: lanes }, (_, lane) => reader.open(lane, 0)) };
}

/** Resolves when the reader has asked for nothing for a while. */
async function untilFull(broker: FullBroker): Promise<void> {
  for (let before = -1; before !== broker.requests;) {
    before = broker.requests;
    await delay(30);
  }
}

function queuedBytes(queues: readonly LaneQueue[]): number {
  return queues.reduce((sum, queue) => sum + queue.queuedBytes, 0);
}

async function takeAll(queue: LaneQueue, count: number): Promise<number[]> {
  const offsets: number[] = [];
  while (offsets.length < count) {
    const taken = await queue.take(1, 1_000, new AbortController().signal);
    assert(taken.length > 0, `lane ${queue.lane} stands still at ${offsets.length}`);
    offsets.push(...taken.map(({ offset }) => offset));
  }
  return offsets;
}

describe('a reader of many lanes', () => {
  it('holds what six lanes may, and one record of each beyond, however many there are', async () => {
    for (const lanes of [1, 6, 24, 96]) {
      const broker = new FullBroker(100);
      const { reader, queues } = read(broker, lanes);
      await untilFull(broker);
      const held = queuedBytes(queues);
      const bound = Math.min(lanes * maxLaneBytes, 6 * maxLaneBytes + lanes * recordBytes);
      assert(held <= bound, `${lanes} lanes hold ${held} bytes`);
      assert(
        queues.every((queue) => queue.queuedBytes >= recordBytes),
        'every lane has a record',
      );
      await reader.stop();
    }
  });

  it('brings every lane to its end, in order, while the others fill what there is', async () => {
    const records = 40;
    const { reader, queues } = read(new FullBroker(records), 24);
    const all = Array.from({ length: records }, (_, offset) => offset);
    // Eight lanes are held by nobody at first.
    for (const queue of queues.slice(8)) assert.deepEqual(await takeAll(queue, records), all);
    for (const queue of queues.slice(0, 8)) assert.deepEqual(await takeAll(queue, records), all);
    await reader.stop();
  });
});
