import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SharedCalls } from '../../../src/broker/shared-calls.js';

describe('shared calls', () => {
  it('are made once for all who ask in one turn, and anew for those who ask later', async () => {
    const calls = new SharedCalls<string>();
    let made = 0;
    const ask = (): Promise<string> => {
      made += 1;
      return Promise.resolve(`answer ${made}`);
    };
    const [first, second] = await Promise.all([calls.call('a', ask), calls.call('a', ask)]);
    assert.deepEqual([first, second, made], ['answer 1', 'answer 1', 1]);
    assert.equal(await calls.call('a', ask), 'answer 2');
  });

  it('are made after the last one who shares them has asked', async () => {
    const calls = new SharedCalls<number>();
    let world = 1;
    const first = calls.call('a', () => Promise.resolve(world));
    await Promise.resolve();
    world = 2;
    const second = calls.call('a', () => Promise.resolve(world));
    assert.deepEqual(await Promise.all([first, second]), [2, 2]);
  });

  it('are apart for different things, and fail for all who share them', async () => {
    const calls = new SharedCalls<string>();
    const fail = () => Promise.reject(new Error('no answer'));
    const ended = await Promise.allSettled([
      calls.call('a', fail),
      calls.call('a', fail),
      calls.call('b', () => Promise.resolve('b')),
    ]);
    assert.deepEqual(
      ended.map(({ status }) => status),
      ['rejected', 'rejected', 'fulfilled'],
    );
  });
});
