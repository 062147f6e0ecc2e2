import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addVerdicts } from '../../../src/observe/verdict.js';
import { fixes, perfect, verdictOn } from './toy-run.js';

describe('verdicts on parts of a run', () => {
  it('add up to one on the whole', async () => {
    const sound = await verdictOn(perfect);
    const lost = await verdictOn(perfect.filter(({ offset }) => offset !== 5));
    const both = addVerdicts([sound, lost]);
    assert.deepEqual(
      [both.fixes, both.expected, both.observed, both.missing, both.identicalToUncut],
      [2 * fixes.length, 32, 31, 1, true],
    );
    assert.deepEqual(both.faults, lost.faults);
  });

  it('are not identical where one of them is not', async () => {
    const altered = perfect.map((one) => (one.offset === 3 ? { ...one, candidates: [] } : one));
    const verdict = addVerdicts([await verdictOn(altered), await verdictOn(perfect)]);
    assert.deepEqual([verdict.altered, verdict.identicalToUncut], [1, false]);
  });

  it('say nothing of predictions where there was none', async () => {
    assert.equal(addVerdicts([]).identicalToUncut, null);
    const none = await verdictOn([]);
    assert.equal(addVerdicts([none, none]).identicalToUncut, null);
  });
});
