import assert from 'node:assert/strict';
import type { Verdict } from '../../src/observe/verdict.js';

/** Asserts that a run has lost, repeated, reordered and altered nothing, and made something. */
export function assertSound(verdict: Verdict): void {
  const { missing, repeated, outOfOrder, altered, unexpected, identicalToUncut } = verdict;
  const faults = verdict.faults.map(({ text }) => text).join('\n');
  assert.deepEqual(
    { missing, repeated, outOfOrder, altered, unexpected, identicalToUncut },
    {
      ...{ missing: 0, repeated: 0, outOfOrder: 0, altered: 0, unexpected: 0 },
      identicalToUncut: true,
    },
    faults,
  );
}
