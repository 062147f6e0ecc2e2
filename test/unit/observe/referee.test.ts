import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  Referee,
  type LaneHistory,
  type LoggedFix,
  type TopCells,
} from '../../../src/observe/referee.js';
import type { Verdict } from '../../../src/observe/verdict.js';
import type { Prediction } from '../../../src/wire/prediction.js';
import { lineGrid } from './line-grid.js';

const rules = {
  steps: 3,
  tripGapMs: 600_000,
  maxSpeedKmh: 250,
  maxFutureMs: 300_000,
  memoryMs: 3_600_000,
};

/** A third as float32, with the bits 3eaaaaab; the next float32 up ends in ac. */
const third = Math.fround(1 / 3);
const thirdAndABit = third + 2 ** -25;

/** The toy model: the next cell of the line with 1/3, then the cell `steps` ago with 1/8. */
function predictLine(windows: Int32Array, batch: number): TopCells {
  const cells = new Int32Array(batch * 2);
  for (let row = 0; row < batch; row += 1) {
    cells[row * 2] = ((windows[row * 3 + 2] ?? 0) % 9) + 1;
    cells[row * 2 + 1] = windows[row * 3] ?? 0;
  }
  return {
    cells,
    probabilities: Float32Array.from(cells, (_, i) => (i % 2 === 0 ? third : 0.125)),
  };
}

/** Taxi `a` or `b` enters the cell after its last one with every fix, a minute apart. */
function fixAt(
  offset: number,
): LoggedFix & { readonly vehicleId: string; readonly trip: number[] } {
  const vehicleId = offset % 2 === 0 ? 'a' : 'b';
  const trip = Array.from({ length: offset / 2 + 1 }, (_, step) => (step % 9) + 1);
  const eventTimeMs = offset * 60_000;
  const longitude = (trip.at(-1) ?? 0) + 0.5;
  const fix = { vehicleId, eventTimeMs, latitude: 0, longitude };
  const logged = { offset, ingestTimeMs: eventTimeMs + 500, fix, sentItem: null, replayOf: null };
  return { ...logged, vehicleId, trip };
}

/** What the toy model says of the fix at an offset, reckoned from the whole trip. */
function predictionAt(offset: number): Prediction {
  const { ingestTimeMs, vehicleId, trip } = fixAt(offset);
  const cell = trip.at(-1) ?? 0;
  const next = (cell % 9) + 1;
  const oldest = trip.at(-3) ?? 0;
  return {
    vehicleId,
    eventTimeMs: ingestTimeMs - 500,
    cell,
    candidates: [
      { cell: next, latitude: 0, longitude: next + 0.5, probability: third },
      oldest === 0
        ? { cell: 0, latitude: null, longitude: null, probability: 0.125 }
        : { cell: oldest, latitude: 0, longitude: oldest + 0.5, probability: 0.125 },
    ],
    modelDigest: 'digest',
    plan: 'p1',
    lane: 2,
    offset,
    ingestTimeMs,
    predictedTimeMs: ingestTimeMs + 40,
    replayOf: null,
  };
}

/** Trips of at most nine cells: the way back to cell 1 would not be plausible. */
const offsets = Array.from({ length: 16 }, (_, offset) => offset);
const fixes = offsets.map(fixAt);
const perfect = offsets.map(predictionAt);

async function verdictOn(
  predictions: readonly Prediction[],
  log: Partial<LaneHistory> = {},
): Promise<Verdict> {
  const referee = new Referee({
    plan: 'p1',
    modelDigest: 'digest',
    rules,
    grid: lineGrid,
    predict: predictLine,
  });
  await referee.judge({ lane: 2, fixes, predictions, failedOffsets: new Set(), ...log });
  return referee.verdict();
}

/** The counts that aren't zero, and what is said of them. */
function faultsOf(verdict: Verdict): Record<string, number | readonly string[]> {
  const { missing, repeated, outOfOrder, altered, unexpected } = verdict;
  const counts = Object.entries({ missing, repeated, outOfOrder, altered, unexpected });
  return {
    ...Object.fromEntries(counts.filter(([, count]) => count > 0)),
    said: verdict.faults.map(({ text }) => text),
  };
}

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
      said: ['lane 2, offset 16 has a prediction, but no fix has that offset'],
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

  describe('of an item that was sent again with its window', () => {
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
