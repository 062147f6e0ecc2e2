import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Grid } from '../../../src/geo/grid.js';
import { defaultRules, VehicleMap, type FixOutcome } from '../../../src/geo/windows.js';
import { projectDir } from '../../../src/project-dir.js';

const grid = Grid.read(readFileSync(join(projectDir(), 'models', 'daejeon', 'grid.json')));
const minuteMs = 60_000;
const startMs = Date.UTC(2024, 2, 4);

/** Three neighbouring cells: each one's centre lies 500 m east of the one before. */
const row = (() => {
  for (let cell = 1; cell + 2 <= grid.size; cell += 1) {
    const centres = [cell, cell + 1, cell + 2].map((id) => grid.centreOf(id));
    const [a, , c] = centres;
    if (a?.latitude === c?.latitude && (c?.longitude ?? 0) - (a?.longitude ?? 0) < 0.012)
      return cell;
  }
  return assert.fail('the grid has no three cells in a row');
})();

function fixAt(cell: number, eventTimeMs: number, vehicleId = 'taxi-1') {
  const outside = { latitude: 36.52, longitude: 127.38 };
  return { vehicleId, eventTimeMs, ...(cell === 0 ? outside : grid.centreOf(cell)) };
}

/** Takes fixes that come in just when they are made. */
function drive(vehicles: VehicleMap, ...fixes: [cell: number, minute: number][]): FixOutcome[] {
  return fixes.map(([cell, minute]) => {
    const timeMs = startMs + minute * minuteMs;
    return vehicles.take(fixAt(cell, timeMs), timeMs);
  });
}

function lastCells(outcome: FixOutcome | undefined, count: number): number[] {
  if (outcome?.kind !== 'entered') return assert.fail(`no cell was entered: ${codeOf(outcome)}`);
  return [...outcome.window.slice(-count)];
}

function codeOf(outcome: FixOutcome | undefined): string {
  return outcome?.kind === 'rejected' ? outcome.code : (outcome?.kind ?? 'nothing');
}

describe('the windows of a vehicle', () => {
  it('hold its last 20 distinct successive cells, oldest first, padded with 0 on the left', () => {
    const vehicles = new VehicleMap(grid, defaultRules);
    const outcomes = drive(vehicles, [row, 0], [row, 1], [row + 1, 2], [row, 3], [row + 1, 4]);
    assert.equal(outcomes[1]?.kind, 'stayed');
    assert.deepEqual(lastCells(outcomes[4], 20), [
      ...new Array<number>(16).fill(0),
      ...[row, row + 1, row, row + 1],
    ]);
  });

  it('begin anew after more than ten minutes without a new cell, and not after ten', () => {
    const ten = drive(new VehicleMap(grid, defaultRules), [row, 0], [row + 1, 10]);
    assert.deepEqual(lastCells(ten[1], 3), [0, row, row + 1]);
    const eleven = drive(new VehicleMap(grid, defaultRules), [row, 0], [row + 1, 10.001]);
    assert.deepEqual(lastCells(eleven[1], 3), [0, 0, row + 1]);
  });

  it('count a place outside the grid as cell 0', () => {
    const outcomes = drive(new VehicleMap(grid, defaultRules), [row, 0], [0, 9], [row + 1, 9.5]);
    assert.deepEqual(lastCells(outcomes[2], 3), [row, 0, row + 1]);
  });

  it('are not made of a fix older than the last cell, from the future, or too fast', () => {
    const vehicles = new VehicleMap(grid, defaultRules);
    drive(vehicles, [row, 10]);
    const late = vehicles.take(fixAt(row + 1, startMs + 9 * minuteMs), startMs + 11 * minuteMs);
    assert.equal(codeOf(late), 'FIX_TOO_LATE');
    const early = vehicles.take(fixAt(row + 1, startMs + 17 * minuteMs), startMs + 11 * minuteMs);
    assert.equal(codeOf(early), 'FIX_IN_FUTURE');
    // The next cell but one begins 500 m behind this one's edge; its centre lies 750 m from it:
    // 250 km/h is 69.4 m/s, so 10 s are too few and 11 s are enough.
    const timeMs = startMs + 10 * minuteMs;
    assert.equal(
      codeOf(vehicles.take(fixAt(row + 2, timeMs + 10_000), timeMs)),
      'FIX_NOT_PLAUSIBLE',
    );
    assert.equal(codeOf(vehicles.take(fixAt(row + 2, timeMs + 11_000), timeMs)), 'entered');
  });

  it('are forgotten when nothing has come in for an hour, whatever the fixes say of their time', () => {
    const vehicles = new VehicleMap(grid, defaultRules);
    vehicles.take(fixAt(row, startMs), startMs);
    vehicles.take(fixAt(row, startMs, 'taxi-2'), startMs + 30 * minuteMs);
    assert.equal(vehicles.size, 2);
    const outcome = vehicles.take(fixAt(row + 1, startMs - minuteMs), startMs + 61 * minuteMs);
    assert.deepEqual(lastCells(outcome, 2), [0, row + 1]);
    assert.equal(vehicles.size, 2);
  });

  it('are forgotten each for itself, though the broker’s clock has stepped back', () => {
    const hourMs = 60 * minuteMs;
    const vehicles = new VehicleMap(grid, defaultRules);
    vehicles.take(fixAt(row, startMs, 'taxi-2'), startMs);
    vehicles.take(fixAt(row, startMs), startMs - 30_000);
    const early = fixAt(row + 1, startMs - minuteMs);
    // An hour and 1 s after taxi 1's item, and not an hour after the one of taxi 2 before it.
    assert.equal(codeOf(vehicles.take(early, startMs + hourMs - 29_000)), 'entered');
    const late = fixAt(row + 1, startMs - minuteMs, 'taxi-2');
    // Taxi 2 was forgotten for a moment, until the clock stepped back again.
    vehicles.take(fixAt(row, startMs + hourMs), startMs + hourMs + 10_000);
    assert.equal(codeOf(vehicles.take(late, startMs + hourMs - 10_000)), 'FIX_TOO_LATE');
  });

  it('are the same after a restart that reads back each vehicle’s last item', () => {
    const before = new VehicleMap(grid, defaultRules);
    const [entered] = drive(before, [row, 0]);
    assert.ok(entered?.kind === 'entered');
    const after = new VehicleMap(grid, defaultRules);
    after.restore('taxi-1', entered.window, startMs, startMs);
    assert.deepEqual(drive(after, [row, 1], [row + 1, 2]), drive(before, [row, 1], [row + 1, 2]));
  });
});
