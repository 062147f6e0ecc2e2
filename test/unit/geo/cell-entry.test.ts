import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cellEntry, entryClasses, readEntry } from '../../../src/geo/cell-entry.js';
import { smallCity } from './small-city-grid.js';
import type { GeoFix } from '../../../src/geo/fix.js';

describe('how a cell was entered', () => {
  const grid = smallCity;
  const cell = 1;
  const { north, south, west, east } = grid.boundsOf(cell);

  /** A fix at a share of the cell's height from the north, and of its width from the west. */
  function fix(down: number, right: number, moving: Partial<GeoFix> = {}): GeoFix {
    return {
      vehicleId: 'a',
      eventTimeMs: 0,
      latitude: north - down * (north - south),
      longitude: west + right * (east - west),
      ...moving,
    };
  }
  const entryOf = (at: GeoFix) => readEntry(cellEntry(grid, cell, at));

  it('names the sixteenth of the cell, row by row from the north-west', () => {
    assert.equal(entryOf(fix(0.1, 0.1)).place, 1);
    assert.equal(entryOf(fix(0.1, 0.9)).place, 4);
    assert.equal(entryOf(fix(0.6, 0.3)).place, 10);
    assert.equal(entryOf(fix(0.9, 0.9)).place, 16);
  });

  it('names the nearest of sixteen directions, and the speed in steps of 2 m/s', () => {
    const moving = (bearingDeg: number, speedMps: number) =>
      entryOf(fix(0.6, 0.6, { bearingDeg, speedMps }));
    assert.deepEqual(moving(0, 0), { place: 11, heading: 1, speed: 1 });
    assert.deepEqual(moving(92, 3.9), { place: 11, heading: 5, speed: 2 });
    assert.deepEqual(moving(359, 80), { place: 11, heading: 1, speed: 13 });
  });

  it('is 0 where nothing is known, and always below the number of classes', () => {
    assert.deepEqual(readEntry(cellEntry(grid, 0, fix(0, 0))), { place: 0, heading: 0, speed: 0 });
    for (let degrees = 0; degrees <= 360; degrees += 1) {
      const entry = entryOf(fix(1, 1, { bearingDeg: degrees, speedMps: degrees }));
      assert.ok(entry.heading < entryClasses.heading && entry.heading > 0);
      assert.ok(entry.speed < entryClasses.speed && entry.place < entryClasses.place);
    }
  });
});
