import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { enduredFaults, sessionTimeoutMs, toldFaults } from './all-faults.js';
import { runFault, startArena, type Row } from './campaign.js';
import { FaultCluster } from './cluster.js';
import type { Arena } from './fault.js';
import { isSound } from './judge.js';

/** Each fault once or a few times; `npm run test:fault` injects them often, and takes other seeds. */
const seed = 1;

function assertSound(row: Row): void {
  const { expected, lost, repeated, reordered, wrong, faults } = row;
  const found = { lost, repeated, reordered, wrong };
  const none = { lost: 0, repeated: 0, reordered: 0, wrong: 0 };
  assert.deepEqual(found, none, faults.join('\n'));
  assert(isSound(row), `${expected} predictions were expected`);
}

describe('a pipeline on three brokers', () => {
  let cluster: FaultCluster;
  before(async () => {
    cluster = await FaultCluster.start();
    console.log(`Three brokers for these tests: ${cluster.how}`);
  });
  after(() => cluster.stop());

  describe('while fixes keep flowing', () => {
    let arena: Arena;
    before(async () => {
      arena = await startArena(cluster, seed, sessionTimeoutMs);
    });
    after(() => arena.stand.stop());

    for (const fault of enduredFaults) {
      it(`${fault.guarantee} (${fault.name})`, async () => {
        assertSound(await runFault(arena, fault, fault.times.short));
      });
    }
  });

  for (const fault of toldFaults) {
    it(`${fault.guarantee} (${fault.name})`, async (t) => {
      const came = await fault.run(cluster, seed, sessionTimeoutMs);
      if (typeof came === 'string') t.skip(came);
      else assertSound(came);
    });
  }
});
