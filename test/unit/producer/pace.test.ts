import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Pacer } from '../../../src/producer/pace.js';

const never = new AbortController().signal;

/** Milliseconds from the first due fix to the last. */
async function elapsed(pacer: Pacer, eventTimesMs: readonly number[]): Promise<number> {
  const startMs = performance.now();
  for (const timeMs of eventTimesMs) await pacer.due(timeMs, never);
  return performance.now() - startMs;
}

describe('a replayed feed', () => {
  it('never runs ahead of its rate', async () => {
    const pacer = new Pacer({ kind: 'rate', fixesPerS: 100 });
    // 20 fixes at 100/s are due after 200 ms; a fix may be 5 ms early.
    assert.ok((await elapsed(pacer, new Array<number>(20).fill(0))) >= 190);
  });

  it('never runs ahead of event time times its speed', async () => {
    const pacer = new Pacer({ kind: 'speed', factor: 60 });
    // 12 s of event time are 200 ms at 60 times the speed.
    assert.ok((await elapsed(pacer, [1_000_000, 1_006_000, 1_012_000])) >= 190);
  });

  it('stops waiting when it is told to stop', async () => {
    const pacer = new Pacer({ kind: 'speed', factor: 1 });
    const stop = new AbortController();
    await pacer.due(0, stop.signal);
    const waiting = pacer.due(3_600_000, stop.signal);
    stop.abort();
    await assert.rejects(waiting, { name: 'AbortError' });
  });
});
