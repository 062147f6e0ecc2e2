import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cellErrorsOf } from '../../../../src/model/evaluation/cell-errors.js';
import { evaluate } from '../../../../src/model/evaluation/evaluate.js';
import { localHours } from '../../../../src/model/evaluation/local-hours.js';
import { judgeNetwork } from '../../../../src/model/evaluation/judged.js';
import { drivenRuns, itemsOf, squareCity } from './driven-runs.js';
import type { WindowScorer } from '../../../../src/model/evaluation/judged.js';
import type { CityView } from '../../../../src/model/evaluation/places.js';

/** 23:30 in Seoul, so that the hour changes within a trip. */
const lateMs = Date.UTC(2024, 2, 4, 14, 30);

const city: CityView = {
  places: squareCity,
  timeZone: 'Asia/Seoul',
  areas: { kind: 'half', nameOf: (cell) => (cell <= 50 ? 'north' : 'south') },
};

/** Two vehicles: one drives through the north, the other in the south, and once outside (cell 0). */
const items = itemsOf([
  { vehicle: 7, cells: [1, 2, 3, 4, 5, 6], fromMs: lateMs },
  { vehicle: 3, cells: [91, 92, 93, 0], fromMs: lateMs + 28 * 60_000 },
]);

/** Knows that cells come in order, up to 5; from then on it says 90. As sure of that as the cell's number says. */
const score: WindowScorer = (windows) => {
  const [cells, probabilities]: [number[], number[]] = [[], []];
  for (let row = 0; row < windows.length / 3; row += 1) {
    const current = windows[3 * row + 2] ?? 0;
    cells.push(current < 5 ? current + 1 : 90, current + 2, current + 1, 99, 98);
    probabilities.push(current < 5 ? 0.95 : 0.41, 0, 0, 0, 0);
  }
  return { cells, probabilities };
};

const judged = await judgeNetwork(items, 3, 2, score);
const training = drivenRuns([{ vehicle: 0, cells: [1, 2, 4] }]);
const evaluation = evaluate(judged, training, city, { replicates: 200, seed: 1 });

describe('the evaluation of a network', () => {
  // By hand. Truths: 2, 3, 4, 5, 6 for vehicle 7, and 92, 93, 0 for vehicle 3.
  // Best cells: 2, 3, 4, 5, 90 and 90, 90, 90. The third cell is the truth but for the last item.
  const { accuracy, breakdown, calibration } = evaluation;

  it('has hit rates, and intervals from one vehicle’s to the other’s', () => {
    assert.deepEqual([evaluation.items, evaluation.vehicles], [8, 2]);
    // Four fleets can be drawn of two vehicles, each with a quarter: both ends are fleets of one.
    assert.deepEqual(accuracy.model.top1, { value: 4 / 8, low: 0, high: 4 / 5 });
    assert.deepEqual(accuracy.model.top3, { value: 7 / 8, low: 2 / 3, high: 1 });
    assert.deepEqual(accuracy.model.top5.value, 7 / 8);
  });

  it('has errors in metres, without the items whose truth is no place', () => {
    // From 90, in row 8 and column 9: to 6 (row 0, column 5), to 92 (row 9, column 1), to 93.
    const errors = [Math.hypot(8, 4), Math.hypot(1, 8), Math.hypot(1, 7)].map((side) => 500 * side);
    assert.equal(accuracy.model.itemsWithoutPlace, 1);
    assert.equal(accuracy.model.medianErrorM?.value, 0);
    const mean = errors.reduce((sum, error) => sum + error, 0) / 7;
    assert.ok(Math.abs((accuracy.model.meanErrorM?.value ?? 0) - mean) < 1e-9);
    // Vehicle 3 alone: 3,536 m and 4,031 m; the smallest that half of them don't exceed.
    assert.equal(accuracy.model.medianErrorM.high, 3_536);
  });

  it('has every baseline, and by how much the network is better on the same fleets', () => {
    // First-order Markov: 1 → 2, 2 → 4, else 2, 4: right for 1 → 2 only.
    assert.equal(accuracy.firstOrderMarkov.top1.value, 1 / 8);
    // Right for 2 → 3 … 5 → 6 and 92 → 93, and of the runs' starts for 1 → 2: of the neighbours 2
    // and 11 the lower comes first; from 91 it is 81, and not 92.
    assert.equal(accuracy.keepsDirection.top1.value, 6 / 8);
    assert.deepEqual(evaluation.leads.firstOrderMarkov, {
      // Vehicle 7: 4 hits against 1 of 5; vehicle 3: none against none.
      top1: { value: 3 / 8, low: 0, high: 3 / 5 },
      beats: false,
    });
    assert.equal(evaluation.leads.keepsDirection.top1.value, -2 / 8);
  });

  it('is broken down by local hour, position and area', () => {
    const rows = (slices: typeof breakdown.byHour) =>
      slices.map(({ name, items: count, top1 }) => [name, count, top1.value]);
    // Vehicle 7 enters from 23:30; vehicle 3 at 23:58, 23:59 and 00:00.
    assert.deepEqual(rows(breakdown.byHour), [
      ['00', 1, 0],
      ['23', 7, 4 / 7],
    ]);
    assert.deepEqual(rows(breakdown.byPosition), [
      ['1', 2, 1 / 2],
      ['2', 2, 1 / 2],
      ['3', 2, 1 / 2],
      ['4', 1, 1],
      ['5', 1, 0],
    ]);
    assert.equal(breakdown.byArea?.kind, 'half');
    assert.deepEqual(rows(breakdown.byArea.slices), [
      ['north', 5, 4 / 5],
      ['south', 3, 0],
    ]);
    assert.equal(
      evaluate(judged, training, { ...city, areas: null }, { replicates: 100, seed: 1 }).breakdown
        .byArea,
      null,
    );
  });

  it('holds probabilities against what came true', () => {
    // Four predictions at 0.95, all true; four at 0.41, none true.
    assert.deepEqual(
      calibration.bins.map(({ items: count }) => count),
      [0, 0, 0, 0, 4, 0, 0, 0, 0, 4],
    );
    assert.equal(calibration.bins[9]?.shareTrue, 1);
    assert.equal(calibration.bins[4]?.shareTrue, 0);
    assert.equal(calibration.bins[0]?.meanProbability, null);
    assert.ok(Math.abs(calibration.expectedError - (0.05 + 0.41) / 2) < 1e-6);
  });

  it('counts the errors of each cell', () => {
    const { items: made, wrong } = cellErrorsOf(judged, squareCity.size);
    assert.deepEqual(
      [made[1], wrong[1], made[5], wrong[5], made[92], wrong[92]],
      [1, 0, 1, 1, 1, 1],
    );
    assert.equal(
      made.reduce((sum, count) => sum + count, 0),
      8,
    );
  });

  it('is refused where there is nothing to judge', async () => {
    const none = await judgeNetwork(itemsOf([{ vehicle: 0, cells: [1] }]), 3, 2, score);
    assert.throws(() => evaluate(none, training, city, { replicates: 10, seed: 1 }), {
      code: 'TOO_LITTLE_TEST_DATA',
    });
  });
});

describe('a network that is clearly better', () => {
  it('beats a baseline, and one that is as good does not', async () => {
    const trips = Array.from({ length: 30 }, (_, vehicle) => ({ vehicle, cells: [1, 12, 23, 34] }));
    const stepOn: WindowScorer = (windows) => {
      const rows = Array.from(
        { length: windows.length / 3 },
        (_, row) => windows[3 * row + 2] ?? 0,
      );
      return {
        cells: rows.flatMap((cell) => [cell + 11, -1, -1, -1, -1]),
        probabilities: rows.flatMap(() => [1, 0, 0, 0, 0]),
      };
    };
    const all = await judgeNetwork(itemsOf(trips), 3, 8, stepOn);
    const known = drivenRuns([{ vehicle: 0, cells: [1, 12, 23, 34] }]);
    const { leads, accuracy } = evaluate(all, known, city, { replicates: 200, seed: 1 });
    assert.equal(accuracy.model.top1.low, 1);
    // It errs at each run's start only: 2 of 3 items, for every vehicle.
    assert.deepEqual(leads.keepsDirection, {
      top1: { value: 1 / 3, low: 1 / 3, high: 1 / 3 },
      beats: true,
    });
    assert.equal(leads.firstOrderMarkov.beats, false);

    // Of one vehicle the interval has no width: it proves nothing.
    const one = await judgeNetwork(itemsOf(trips.slice(0, 1)), 3, 8, stepOn);
    const alone = evaluate(one, known, city, { replicates: 200, seed: 1 });
    assert.equal(alone.leads.keepsDirection.top1.low, 1 / 3);
    assert.equal(alone.leads.keepsDirection.beats, false);
  });
});

describe('local hours', () => {
  it('follow the zone and its summer time', () => {
    const moments = Float64Array.of(
      Date.UTC(2024, 2, 10, 9, 59),
      Date.UTC(2024, 2, 10, 10, 0),
      Date.UTC(2024, 6, 1, 7, 0),
    );
    // San Francisco sprang from 01:59 PST to 03:00 PDT on 10 March 2024.
    assert.deepEqual(localHours(moments, 'America/Los_Angeles'), ['01', '03', '00']);
    assert.deepEqual(localHours(Float64Array.of(Date.UTC(2024, 0, 1, 0, 20)), 'Asia/Kathmandu'), [
      '06',
    ]);
  });
});
