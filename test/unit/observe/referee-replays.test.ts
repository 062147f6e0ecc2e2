import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LoggedFix } from '../../../src/observe/referee.js';
import type { Prediction } from '../../../src/wire/prediction.js';
import { third, fixAt, predictionAt, fixes, perfect, verdictOn, faultsOf } from './toy-run.js';

describe('the referee, of an item that was sent again with its window', () => {
  /** Offset 16: what taxi a had at offset 4, with a window that no fix of the run gives. */
  const sent: LoggedFix = {
    ...{ offset: 16, ingestTimeMs: 2_000_000, fix: null, replayOf: 4 },
    sentItem: { vehicleId: 'a', eventTimeMs: 240_000, cell: 8, window: [5, 3, 8] },
  };
  const owed: Prediction = {
    ...predictionAt(15),
    ...{ vehicleId: 'a', eventTimeMs: 240_000, ingestTimeMs: 2_000_000, cell: 8 },
    ...{ offset: 16, replayOf: 4 },
    candidates: [
      { cell: 9, latitude: 0, longitude: 9.5, probability: third },
      { cell: 5, latitude: 0, longitude: 5.5, probability: 0.125 },
    ],
  };

  it('wants one prediction, by the window that it carries, and leaves its vehicle where it is', async () => {
    const after = fixAt(14);
    const next: LoggedFix = {
      ...after,
      offset: 17,
      ingestTimeMs: 960_500,
      fix: after.fix && { ...after.fix, eventTimeMs: 960_000, longitude: 9.5 },
    };
    const log = { fixes: [...fixes, sent, next] };
    const last: Prediction = {
      ...predictionAt(14),
      ...{ offset: 17, eventTimeMs: 960_000, ingestTimeMs: 960_500, cell: 9 },
      candidates: [
        { cell: 1, latitude: 0, longitude: 1.5, probability: third },
        { cell: 7, latitude: 0, longitude: 7.5, probability: 0.125 },
      ],
    };
    const verdict = await verdictOn([...perfect, owed, last], log);
    assert.deepEqual(faultsOf(verdict), { said: [] });
    assert.equal(verdict.expected, 18);
  });

  it('catches that it is missing, unmarked, or there twice', async () => {
    const log = { fixes: [...fixes, sent] };
    assert.equal((await verdictOn(perfect, log)).missing, 1);
    const unmarked = { ...owed, replayOf: null };
    assert.deepEqual(faultsOf(await verdictOn([...perfect, unmarked], log)), {
      altered: 1,
      said: ['lane 2, offset 16 differs: replay of is null, must be 4'],
    });
    assert.equal((await verdictOn([...perfect, owed, owed], log)).repeated, 1);
  });

  it('expects nothing where it failed again', async () => {
    const log = { fixes: [...fixes, sent], failedOffsets: new Set([16]) };
    assert.deepEqual(faultsOf(await verdictOn(perfect, log)), { said: [] });
  });
});
