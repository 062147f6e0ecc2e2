import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { infra } from '../../integration/infra.js';

describe('free ports', () => {
  it('are given out once each, though nobody listens on them yet', async () => {
    // Of 28,000 ports that a system chooses from at random, 500 have one twice in 99 of 100 cases.
    const ports = new Set<number>();
    for (let asked = 0; asked < 500; asked += 1) ports.add(await infra.freePort());
    assert.equal(ports.size, 500);
  });
});
