import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TokenBucket } from '../../../src/broker/token-bucket.js';

/** When each of some things happens that all want to at once, if each waits as it is told. */
function times(bucket: TokenBucket, count: number, fromMs: number): number[] {
  let nowMs = fromMs;
  return Array.from({ length: count }, () => {
    nowMs += bucket.waitMs(nowMs);
    bucket.take(nowMs);
    return Math.round(nowMs - fromMs);
  });
}

// All expected values are reckoned by hand.
describe('a token bucket', () => {
  it('lets a burst through at once, and what follows at its rate', () => {
    const bucket = new TokenBucket({ perS: 20, burst: 3 }, 1_000);
    assert.deepEqual(times(bucket, 6, 1_000), [0, 0, 0, 50, 100, 150]);
  });

  it('lets what is slower than its rate through without a wait', () => {
    const bucket = new TokenBucket({ perS: 20, burst: 1 }, 0);
    for (let nowMs = 0; nowMs < 1_000; nowMs += 50) {
      assert.equal(bucket.waitMs(nowMs), 0);
      bucket.take(nowMs);
    }
  });

  it('has no more than a burst after a long rest', () => {
    const bucket = new TokenBucket({ perS: 20, burst: 3 }, 0);
    times(bucket, 10, 0);
    assert.deepEqual(times(bucket, 4, 60_000), [0, 0, 0, 50]);
  });

  it('lets nobody wait longer for what others did without waiting', () => {
    const bucket = new TokenBucket({ perS: 20, burst: 3 }, 0);
    for (let count = 0; count < 100; count += 1) bucket.take(0);
    assert.equal(bucket.waitMs(0), 50);
  });
});
