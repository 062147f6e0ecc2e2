import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { distanceM } from '../../../src/geo/distance.js';
import { defaultRules } from '../../../src/geo/windows.js';
import { LaneScorer, type Outcome } from '../../../src/sink/lane-scorer.js';
import type { ItemHeader, TensorBatch } from '../../../src/wire/tensor-batch.js';
import { aBatch, anItem, floats, ints } from '../batch-fixture.js';
import { smallCity } from '../geo/small-city-grid.js';

const minuteMs = 60_000;
const failure = { code: 'NOT_FINITE', message: 'NaN', stage: 2 };

/** An item with the cell that it entered and what is predicted of it. */
interface Entered extends Partial<ItemHeader> {
  readonly cell: number;
  readonly guesses?: readonly number[];
  readonly probability?: number;
}

const topK = 6;

function batchOf(entered: readonly Entered[]): TensorBatch {
  const ranks = Array.from({ length: topK }, (_, rank) => rank);
  const cells = entered.flatMap(({ guesses }) => ranks.map((rank) => guesses?.[rank] ?? 40 + rank));
  const probabilities = entered.flatMap(({ probability = 0.5 }) =>
    ranks.map((rank) => (rank === 0 ? probability : 0)),
  );
  const current = entered.map(({ cell }) => cell);
  return aBatch({
    items: entered.map((item, at) => {
      const { key = 'taxi-1', eventTimeMs = 0, ingestTimeMs = 0 } = item;
      const { failure: failed = null, replay = null } = item;
      return anItem(at, { key, eventTimeMs, ingestTimeMs, failure: failed, replay });
    }),
    tensors: [
      ints('cells', [entered.length, topK], cells),
      floats('probabilities', [entered.length, topK], probabilities),
      ints('currentCell', [entered.length], current),
    ],
  });
}

const scorer = (): LaneScorer => new LaneScorer(smallCity, defaultRules);
const scored = (...entered: readonly Entered[]): Outcome[] => scorer().take(batchOf(entered));
const ranks = (...entered: readonly Entered[]): number[] =>
  scored(...entered).map(({ rank }) => rank);

describe('the score of a prediction', () => {
  it('is by the cell that the vehicle enters next', () => {
    assert.deepEqual(
      ranks(
        { cell: 5, guesses: [6, 7, 8, 9, 10, 11] },
        { cell: 6, guesses: [1, 2, 3, 4, 20, 21] },
        { cell: 20, guesses: [1, 2, 3, 4, 5, 21] },
        // Five candidates are kept: 21 was the sixth.
        { cell: 21 },
      ),
      [0, 4, -1],
    );
  });

  it('tells the best candidate’s probability, and how far it was from the cell entered', () => {
    // Cells 1 and 2 are neighbours; 10 is south-east of 1: a side of 500 m, and a diagonal.
    const [near, far] = scored(
      { cell: 3, guesses: [1], probability: 0.75 },
      { cell: 2, guesses: [10], probability: 0.25 },
      { cell: 1 },
    );
    assert.equal(near?.probability, 0.75);
    assert.ok(Math.abs((near.errorM ?? 0) - 500) < 3, String(near.errorM));
    assert.equal(far?.probability, 0.25);
    assert.ok(Math.abs((far.errorM ?? 0) - 500 * Math.SQRT2) < 3, String(far.errorM));
    assert.equal(scored({ cell: 3, guesses: [4] }, { cell: 4 })[0]?.errorM, 0);
  });

  it('has no distance where the best candidate or the cell entered is outside of the grid', () => {
    const outcomes = scored({ cell: 1, guesses: [0] }, { cell: 0, guesses: [5] }, { cell: 0 });
    assert.deepEqual(
      outcomes.map(({ rank, errorM }) => [rank, errorM]),
      [
        [0, null],
        [-1, null],
      ],
    );
  });

  it('is not given across a new trip: after 10 minutes, or when the vehicle was forgotten', () => {
    const times = (eventMinute: number, ingestMinute: number): Partial<ItemHeader> => ({
      eventTimeMs: eventMinute * minuteMs,
      ingestTimeMs: ingestMinute * minuteMs,
    });
    assert.equal(ranks({ cell: 1, ...times(0, 0) }, { cell: 2, ...times(10, 60) }).length, 1);
    const [late, old] = [times(10 + 1 / minuteMs, 1), times(1, 60 + 1 / minuteMs)];
    assert.equal(ranks({ cell: 1, ...times(0, 0) }, { cell: 2, ...late }).length, 0);
    assert.equal(ranks({ cell: 1, ...times(0, 0) }, { cell: 2, ...old }).length, 0);
  });

  it('keeps vehicles apart, and goes on from batch to batch', () => {
    const one = scorer();
    const first = batchOf([
      { key: 'a', cell: 1, guesses: [6] },
      { key: 'b', cell: 6, guesses: [8] },
    ]);
    assert.deepEqual(one.take(first), []);
    const second = batchOf([
      { key: 'a', cell: 6 },
      { key: 'b', cell: 6 },
    ]);
    assert.deepEqual(
      one.take(second).map(({ rank }) => rank),
      [0, -1],
    );
    assert.equal(one.vehicles, 2);
  });

  it('is not given where an item between has failed, for the way behind it is not known', () => {
    assert.deepEqual(
      ranks(
        { cell: 1, guesses: [3] },
        { cell: 2, failure },
        { cell: 3, guesses: [4] },
        { cell: 4 },
      ),
      [0],
    );
  });

  it('does not heed a replayed window, which says nothing of where the vehicle is', () => {
    const replay = { of: 3, broughtWindow: true };
    assert.deepEqual(
      ranks({ cell: 1, guesses: [2] }, { cell: 9, replay, guesses: [8] }, { cell: 2 }),
      [0],
    );
    // A fix that was sent again is where the vehicle is.
    const again = { of: 3, broughtWindow: false };
    assert.deepEqual(
      ranks({ cell: 1, guesses: [2] }, { cell: 2, replay: again, guesses: [3] }, { cell: 3 }),
      [0, 0],
    );
  });

  it('is not given of what was before everything was forgotten', () => {
    const one = scorer();
    one.take(batchOf([{ cell: 1 }, { key: 'b', cell: 2 }]));
    one.forgetAll();
    assert.equal(one.vehicles, 0);
    assert.deepEqual(one.take(batchOf([{ cell: 2 }, { key: 'b', cell: 3 }])), []);
  });
});

describe('the memory of a scorer', () => {
  it('holds no vehicle for much longer than the rules remember it', () => {
    const one = scorer();
    for (let minute = 0; minute < 240; minute += 1) {
      const ingestTimeMs = minute * minuteMs;
      const seen = Array.from({ length: 50 }, (_, number) => ({
        ...{ key: `${minute}-${number}`, cell: 1, eventTimeMs: ingestTimeMs, ingestTimeMs },
      }));
      one.take(batchOf(seen));
    }
    // 61 minutes of vehicles are remembered, and as many again may wait to be looked at.
    assert.ok(one.vehicles >= 61 * 50 && one.vehicles < 2 * 61 * 50, String(one.vehicles));
  });
});

/** Items as a lane may bring them; times go forward, now and then by a lot. */
const anyEntered = fc.record({
  vehicle: fc.nat({ max: 3 }),
  cell: fc.nat({ max: smallCity.size }),
  afterMs: fc.oneof(fc.nat({ max: 2 * minuteMs }), fc.nat({ max: 90 * minuteMs })),
  waitMs: fc.nat({ max: 20 * minuteMs }),
  fate: fc.constantFrom('well', 'well', 'well', 'well', 'failed', 'replayed'),
  guesses: fc.uniqueArray(fc.nat({ max: smallCity.size }), { minLength: topK, maxLength: topK }),
  probability: fc.float({ min: 0, max: 1, noNaN: true }),
});

type AnyEntered = typeof anyEntered extends fc.Arbitrary<infer One> ? One : never;

/** The items with their times: event times are behind by what they waited, never backwards. */
function timed(all: readonly AnyEntered[]): Entered[] {
  let nowMs = 0;
  const lastEventMs = new Map<number, number>();
  return all.map(({ vehicle, afterMs, waitMs, fate, ...same }) => {
    nowMs += afterMs;
    const eventTimeMs = Math.max(lastEventMs.get(vehicle) ?? 0, nowMs - waitMs);
    lastEventMs.set(vehicle, eventTimeMs);
    return {
      ...{ ...same, key: `taxi-${vehicle}`, eventTimeMs, ingestTimeMs: nowMs },
      failure: fate === 'failed' ? failure : null,
      replay: fate === 'replayed' ? { of: 0, broughtWindow: true } : null,
    };
  });
}

/** Keeps everything and looks through it again for each item. */
function byBruteForce(all: readonly Entered[]): Outcome[] {
  const real = all.filter(({ replay }) => replay === null);
  return real.flatMap((now, at) => {
    const before = real.slice(0, at).findLast(({ key }) => key === now.key);
    if (before === undefined || before.failure !== null || now.failure !== null) return [];
    const gapMs = (now.eventTimeMs ?? 0) - (before.eventTimeMs ?? 0);
    const silentMs = (now.ingestTimeMs ?? 0) - (before.ingestTimeMs ?? 0);
    if (gapMs > 10 * minuteMs || silentMs > 60 * minuteMs) return [];
    const guesses = before.guesses ?? [];
    const [best = 0] = guesses;
    const isPlace = best > 0 && now.cell > 0;
    const [from, to] = isPlace ? [best, now.cell].map((cell) => smallCity.centreOf(cell)) : [];
    return [
      {
        rank: guesses.slice(0, 5).indexOf(now.cell),
        probability: Math.fround(before.probability ?? 0),
        errorM:
          from === undefined || to === undefined
            ? null
            : distanceM(from.latitude, from.longitude, to.latitude, to.longitude),
      },
    ];
  });
}

const rounded = (outcomes: readonly Outcome[]): unknown =>
  outcomes.map(({ errorM, ...same }) => ({
    ...same,
    errorM: errorM === null ? null : Math.round(errorM),
  }));

it('any lane is scored as by somebody who keeps all of it, however it is cut into batches', () => {
  fc.assert(
    fc.property(
      fc.array(anyEntered, { maxLength: 60 }),
      fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 60, maxLength: 60 }),
      (all, sizes) => {
        const entered = timed(all);
        const one = scorer();
        const found: Outcome[] = [];
        for (let from = 0, batch = 0; from < entered.length; batch += 1) {
          const to = from + (sizes[batch] ?? 1);
          found.push(...one.take(batchOf(entered.slice(from, to))));
          from = to;
        }
        assert.deepEqual(rounded(found), rounded(byBruteForce(entered)));
      },
    ),
    { numRuns: 300 },
  );
});
