import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LaneQueue } from '../../../src/broker/lane-queue.js';
import type { LaneFetch } from '../../../src/broker/lane-record.js';

const never = new AbortController().signal;
/** Longer than any test takes: who waits for it waits for something else in vain. */
const long = 60_000;

function fetched(fromOffset: number, count: number): LaneFetch {
  const records = Array.from({ length: count }, (_, at) => {
    return {
      ...{ lane: 0, offset: fromOffset + at, timestampMs: 0, key: null },
      ...{ value: Buffer.from('fix'), headers: {} },
    };
  });
  const end = fromOffset + count;
  return { lane: 0, records, nextOffset: end, endOffset: end };
}

function newQueue(): LaneQueue {
  return new LaneQueue(0, 0, () => undefined);
}

describe('the queue of a lane', () => {
  it('gathers until so many records are there, in however many parts they come', async () => {
    const queue = newQueue();
    let isThere = false;
    const gathered = queue.gather(3, long, never).then(() => (isThere = true));
    queue.push(fetched(0, 2));
    await new Promise(setImmediate);
    assert.equal(isThere, false);
    queue.push(fetched(2, 1));
    await gathered;
    assert.equal((await queue.take(10, long, never)).length, 3);
  });

  it('gathers no longer than it is told, and then has what is there', async () => {
    const queue = newQueue();
    queue.push(fetched(0, 2));
    await queue.gather(3, 1, never);
    assert.equal((await queue.take(10, long, never)).length, 2);
  });

  it('does not gather where there is no time for it, or enough is there', async () => {
    const queue = newQueue();
    await queue.gather(3, 0, never);
    queue.push(fetched(0, 3));
    await queue.gather(3, long, never);
  });

  it('ends gathering where the lane goes to another worker, or can’t be read', async () => {
    const gone = new AbortController();
    const leaving = newQueue().gather(3, long, gone.signal);
    gone.abort();
    await leaving;
    const queue = newQueue();
    const failing = queue.gather(3, long, never);
    queue.fail(new Error('out of range'));
    await failing;
    await assert.rejects(queue.take(10, long, never), /out of range/);
  });

  it('gives the first record to who takes, after what gathering waited for', async () => {
    const queue = newQueue();
    await queue.gather(3, 1, never);
    const taken = queue.take(10, long, never);
    queue.push(fetched(0, 1));
    assert.equal((await taken).length, 1);
  });
});
