import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Grid } from '../../../src/geo/grid.js';
import { VehicleMap, type WindowRules } from '../../../src/geo/windows.js';
import { ExpectedItems, type Ruling } from '../../../src/observe/expected-items.js';
import { lineGrid } from './line-grid.js';

const minute = 60_000;
const rules: WindowRules = {
  steps: 4,
  tripGapMs: 10 * minute,
  maxSpeedKmh: 60,
  maxFutureMs: 5 * minute,
  memoryMs: 60 * minute,
};

/** Longitude, event time and ingest time (the same unless given) in minutes. */
type Step = readonly [longitude: number, eventMin: number, ingestMin?: number];

/** The rulings on the steps of one vehicle along the line; an item as its window. */
function rulingsOn(...steps: readonly Step[]): readonly (string | readonly number[])[] {
  const items = new ExpectedItems(lineGrid, rules);
  return steps.map(([longitude, eventMin, ingestMin = eventMin]) => {
    const fix = { vehicleId: 'a', eventTimeMs: eventMin * minute, latitude: 0, longitude };
    const ruling = items.rule(fix, ingestMin * minute);
    return typeof ruling === 'string' ? ruling : ruling.window;
  });
}

describe('the rules of windows, by hand', () => {
  it('shifts each new cell into the window', () => {
    assert.deepEqual(rulingsOn([1, 0], [2, 1], [3, 2], [4, 3], [5, 4]), [
      [0, 0, 0, 1],
      [0, 0, 1, 2],
      [0, 1, 2, 3],
      [1, 2, 3, 4],
      [2, 3, 4, 5],
    ]);
  });

  it('makes nothing of a fix in the same cell', () => {
    assert.deepEqual(rulingsOn([1.1, 0], [1.9, 1]), [[0, 0, 0, 1], 'stayed']);
  });

  it('begins a new trip after a gap, in the same cell too; not at the gap itself', () => {
    assert.deepEqual(rulingsOn([1, 0], [2, 10], [2, 20.01], [3, 21]), [
      [0, 0, 0, 1],
      [0, 0, 1, 2],
      [0, 0, 0, 2],
      [0, 0, 2, 3],
    ]);
  });

  it('measures the gap from the last item, not from a fix that stayed', () => {
    assert.deepEqual(rulingsOn([1, 0], [1.5, 9], [2, 11]), [[0, 0, 0, 1], 'stayed', [0, 0, 0, 2]]);
  });

  it('rejects a fix older than the last item, and only than that', () => {
    assert.deepEqual(rulingsOn([1, 5], [1.5, 9], [2, 7], [3, 6.9]), [
      [0, 0, 0, 1],
      'stayed',
      [0, 0, 1, 2],
      'FIX_TOO_LATE',
    ]);
  });

  it('rejects a fix from too far in the future, and forgets it', () => {
    assert.deepEqual(rulingsOn([1, 0], [2, 6.1, 1], [2, 6, 1]), [
      [0, 0, 0, 1],
      'FIX_IN_FUTURE',
      [0, 0, 1, 2],
    ]);
  });

  it('rejects more than the highest speed from the edge of the last cell', () => {
    // Cell 1 ends at 2: 4 km in 4 min are 60 km/h; 4.1 km are not.
    assert.deepEqual(rulingsOn([1, 0], [6, 4]), [
      [0, 0, 0, 1],
      [0, 0, 1, 6],
    ]);
    assert.deepEqual(rulingsOn([1, 0], [6.1, 4]), [[0, 0, 0, 1], 'FIX_NOT_PLAUSIBLE']);
  });

  it('rejects another place at the same time, but not the other side of an edge', () => {
    assert.deepEqual(rulingsOn([1, 0], [2.5, 0], [2, 0]), [
      [0, 0, 0, 1],
      'FIX_NOT_PLAUSIBLE',
      [0, 0, 1, 2],
    ]);
  });

  it('takes outside the grid as a cell like any other, from where every place is plausible', () => {
    assert.deepEqual(rulingsOn([1, 0], [0.5, 1], [0.2, 2], [9, 3]), [
      [0, 0, 0, 1],
      [0, 0, 1, 0],
      'stayed',
      [0, 1, 0, 9],
    ]);
  });

  it('forgets a vehicle by the time of the broker, and takes an older fix of it then', () => {
    assert.deepEqual(rulingsOn([1, 5, 5], [2, 4, 65], [2, 4, 65.01]), [
      [0, 0, 0, 1],
      'FIX_TOO_LATE',
      [0, 0, 0, 2],
    ]);
  });

  it('keeps vehicles apart', () => {
    const items = new ExpectedItems(lineGrid, rules);
    const at = (vehicleId: string, longitude: number): Ruling =>
      items.rule({ vehicleId, eventTimeMs: 0, latitude: 0, longitude }, 0);
    assert.deepEqual(at('a', 1), { cell: 1, window: [0, 0, 0, 1] });
    assert.deepEqual(at('b', 5), { cell: 5, window: [0, 0, 0, 5] });
    assert.deepEqual(at('a', 2), { cell: 2, window: [0, 0, 1, 2] });
  });
});

describe('the rules of windows, said twice', () => {
  /** 10 by 10 squares of 500 m, with holes, at the latitude of Daejeon. */
  const grid = Grid.parse({
    name: 'test',
    version: 1,
    origin: { latitude: 36.4, longitude: 127.3 },
    cellSizeM: 500,
    cellSizeDeg: { latitude: 0.0045, longitude: 0.0056 },
    rows: 10,
    columns: 10,
    occupied: Array.from({ length: 10 }, (_, row) => (row % 3 === 0 ? '#####.####' : '##########')),
  });
  const fixes = fc.array(
    fc.record({
      vehicleId: fc.constantFrom('a', 'b', 'c'),
      sinceIngestMs: fc.oneof(
        { weight: 30, arbitrary: fc.integer({ min: 0, max: 40_000 }) },
        { weight: 1, arbitrary: fc.integer({ min: 0, max: 90 * minute }) },
      ),
      lateMs: fc.oneof(
        { weight: 10, arbitrary: fc.integer({ min: 0, max: 3_000 }) },
        { weight: 1, arbitrary: fc.integer({ min: -6 * minute, max: 12 * minute }) },
      ),
      latitude: fc.double({ min: 36.354, max: 36.402, noNaN: true }),
      longitude: fc.double({ min: 127.298, max: 127.358, noNaN: true }),
    }),
    { minLength: 20, maxLength: 150 },
  );

  it('are the same in VehicleMap and in the referee', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(fixes, (steps) => {
        const map = new VehicleMap(grid, { ...rules, maxSpeedKmh: 250 });
        const items = new ExpectedItems(grid, { ...rules, maxSpeedKmh: 250 });
        let ingestTimeMs = 1_700_000_000_000;
        for (const { vehicleId, sinceIngestMs, lateMs, latitude, longitude } of steps) {
          ingestTimeMs += sinceIngestMs;
          const fix = { vehicleId, eventTimeMs: ingestTimeMs - lateMs, latitude, longitude };
          const outcome = map.take(fix, ingestTimeMs);
          const ruling = items.rule(fix, ingestTimeMs);
          const mapped =
            outcome.kind === 'entered'
              ? { cell: outcome.cell, window: [...outcome.window] }
              : outcome.kind === 'rejected'
                ? outcome.code
                : outcome.kind;
          assert.deepEqual(mapped, ruling);
          seen.add(typeof ruling === 'string' ? ruling : 'item');
        }
      }),
      { numRuns: 200, seed: 20240304 },
    );
    // The property would be empty if one of the rules were never met.
    assert.deepEqual(
      [...seen].sort(),
      ['FIX_IN_FUTURE', 'FIX_NOT_PLAUSIBLE', 'FIX_TOO_LATE', 'item', 'stayed'].sort(),
    );
  });
});
