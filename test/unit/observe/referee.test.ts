import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Referee, type LoggedFix } from '../../../src/observe/referee.js';
import type { Prediction } from '../../../src/wire/prediction.js';
import { lineGrid } from './line-grid.js';
import {
  rules,
  thirdAndABit,
  predictLine,
  fixAt,
  predictionAt,
  fixes,
  perfect,
  verdictOn,
  faultsOf,
} from './toy-run.js';

function changed(offset: number, change: Partial<Prediction>): readonly Prediction[] {
  return perfect.map((prediction) =>
    prediction.offset === offset ? { ...prediction, ...change } : prediction,
  );
}

describe('the referee', () => {
  it('finds nothing wrong with a perfect run', async () => {
    assert.deepEqual(await verdictOn(perfect), {
      fixes: 16,
      expected: 16,
      observed: 16,
      failed: 0,
      missing: 0,
      repeated: 0,
      outOfOrder: 0,
      altered: 0,
      unexpected: 0,
      rejected: { FIX_IN_FUTURE: 0, FIX_TOO_LATE: 0, FIX_NOT_PLAUSIBLE: 0 },
      identicalToUncut: true,
      faults: [],
    });
  });

  it('catches one lost prediction', async () => {
    const verdict = await verdictOn(perfect.filter(({ offset }) => offset !== 5));
    assert.deepEqual(faultsOf(verdict), {
      missing: 1,
      said: ['lane 2, offset 5 has no prediction (vehicle b)'],
    });
    assert.equal(verdict.identicalToUncut, true);
  });

  it('catches one repeated prediction', async () => {
    const repeated = [...perfect.slice(0, 8), predictionAt(6), ...perfect.slice(8)];
    assert.deepEqual(faultsOf(await verdictOn(repeated)), {
      repeated: 1,
      said: ['lane 2, offset 6 has a prediction that was there before'],
    });
  });

  it('catches two predictions that changed places', async () => {
    const swapped = [...perfect.slice(0, 4), predictionAt(5), predictionAt(4), ...perfect.slice(6)];
    assert.deepEqual(faultsOf(await verdictOn(swapped)), {
      outOfOrder: 1,
      said: [
        'lane 2, offset 5 has its prediction after that of offset 3 and before that of offset 4',
      ],
    });
  });

  it('catches a single bit of one probability', async () => {
    const [first, second] = predictionAt(7).candidates;
    assert.ok(first && second);
    const verdict = await verdictOn(
      changed(7, { candidates: [{ ...first, probability: thirdAndABit }, second] }),
    );
    assert.deepEqual(faultsOf(verdict), {
      altered: 1,
      said: [
        'lane 2, offset 7 differs: probability of candidate 1 is 0.3333333730697632 (3eaaaaac), must be 0.3333333432674408 (3eaaaaab)',
      ],
    });
    assert.equal(verdict.identicalToUncut, false);
  });

  it('catches one invented prediction', async () => {
    const invented = [...perfect, { ...predictionAt(15), offset: 16 }];
    assert.deepEqual(faultsOf(await verdictOn(invented)), {
      unexpected: 1,
      said: ['lane 2, offset 16 has a prediction, but no item is owed for it'],
    });
  });

  it('catches a prediction that lies in another lane than its own', async () => {
    assert.deepEqual(faultsOf(await verdictOn(changed(3, { lane: 1 }))), {
      unexpected: 1,
      missing: 1,
      said: [
        'lane 2, offset 3 has a prediction that says it is of lane 1',
        'lane 2, offset 3 has no prediction (vehicle b)',
      ],
    });
  });

  const alterations: readonly (readonly [Partial<Prediction>, string])[] = [
    [{ vehicleId: 'a' }, 'vehicle is "a", must be "b"'],
    [{ eventTimeMs: 1 }, 'event time is 1, must be 180000'],
    [{ ingestTimeMs: 1 }, 'ingest time is 1, must be 180500'],
    [{ cell: 7 }, 'cell is 7, must be 2'],
    [{ plan: 'p2' }, 'plan is "p2", must be "p1"'],
    [{ modelDigest: 'other' }, 'model is "other", must be "digest"'],
    [{ replayOf: 1 }, 'replay of is 1, must be null'],
    [{ candidates: [] }, 'number of candidates is 0, must be 2'],
  ];
  for (const [change, said] of alterations) {
    it(`catches an altered ${Object.keys(change).join()}`, async () => {
      const verdict = await verdictOn(changed(3, change));
      assert.deepEqual(faultsOf(verdict), {
        altered: 1,
        said: [`lane 2, offset 3 differs: ${said}`],
      });
    });
  }

  it('catches an altered cell and an altered place of a candidate', async () => {
    const [first, second] = predictionAt(6).candidates;
    assert.ok(first && second);
    const candidates = [
      { ...first, cell: 9 },
      { ...second, latitude: 0.25 },
    ];
    assert.deepEqual(faultsOf(await verdictOn(changed(6, { candidates }))).said, [
      'lane 2, offset 6 differs: cell of candidate 1 is 9, must be 5; latitude of candidate 2 is 0.25, must be 0',
    ]);
  });

  it('expects nothing of fixes that give no item, and catches a prediction for one', async () => {
    const more: readonly LoggedFix[] = [
      { offset: 16, ingestTimeMs: 840_000, fix: null, sentItem: null, replayOf: null },
      { ...fixAt(15), offset: 17 },
      { ...fixAt(0), offset: 18 },
    ];
    const log = { fixes: [...fixes, ...more] };
    const clean = await verdictOn(perfect, log);
    assert.deepEqual(faultsOf(clean), { said: [] });
    assert.deepEqual([clean.fixes, clean.expected, clean.rejected.FIX_TOO_LATE], [19, 16, 1]);
    const invented = [16, 17, 18].map((offset) => ({ ...predictionAt(15), offset }));
    assert.deepEqual(faultsOf(await verdictOn([...perfect, ...invented], log)), {
      unexpected: 3,
      said: [
        'lane 2, offset 16 has a prediction, but its record is no readable fix',
        'lane 2, offset 17 has a prediction, but its fix stays in the same cell',
        'lane 2, offset 18 has a prediction, but its fix is too late',
      ],
    });
  });

  it('owes no prediction for an item that failed, but keeps its cell in the windows after it', async () => {
    const log = { failedOffsets: new Set([4]) };
    const verdict = await verdictOn(
      perfect.filter(({ offset }) => offset !== 4),
      log,
    );
    assert.deepEqual(faultsOf(verdict), { said: [] });
    assert.deepEqual([verdict.expected, verdict.failed], [15, 1]);
    assert.deepEqual(faultsOf(await verdictOn(perfect, log)), {
      unexpected: 1,
      said: ['lane 2, offset 4 has a prediction, but its item went to the dead-letter topic'],
    });
  });

  it('counts every fault, and describes the first three of a kind', async () => {
    const verdict = await verdictOn([]);
    assert.equal(verdict.missing, 16);
    assert.equal(verdict.faults.length, 3);
    assert.equal(verdict.identicalToUncut, null);
  });

  it('never asks for more than one batch of a long log at a time', async () => {
    const batches: number[] = [];
    const referee = new Referee({
      plan: 'p1',
      modelDigest: 'digest',
      rules,
      grid: lineGrid,
      predict: (windows, batch) => {
        assert.equal(windows.length, batch * rules.steps);
        batches.push(batch);
        return Promise.resolve(predictLine(windows, batch));
      },
    });
    async function* manyFixes(): AsyncGenerator<LoggedFix> {
      for (let offset = 0; offset < 1_000; offset += 1) {
        // Each vehicle enters one cell.
        const { fix, ...logged } = fixAt(0);
        if (fix === null) continue;
        yield await Promise.resolve({
          ...logged,
          offset,
          fix: { ...fix, vehicleId: `v${offset}` },
        });
      }
    }
    await referee.judge({ lane: 0, fixes: manyFixes(), predictions: [], failedOffsets: new Set() });
    assert.equal(referee.verdict().missing, 1_000);
    assert.equal(
      batches.reduce((sum, batch) => sum + batch, 0),
      1_000,
    );
    assert.ok(batches.every((batch) => batch <= 128));
  });
});
