import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { distanceM } from '../../../src/geo/distance.js';
import { Grid, GridError } from '../../../src/geo/grid.js';
import { projectDir } from '../../../src/project-dir.js';

const small = {
  name: 'small',
  version: 1,
  origin: { latitude: 10, longitude: 20 },
  cellSizeM: 100_000,
  cellSizeDeg: { latitude: 1, longitude: 2 },
  rows: 3,
  columns: 2,
  occupied: ['.#', '#.', '##'],
};

describe('Grid', () => {
  const grid = Grid.parse(small);

  it('numbers the cells that hold a road row by row from the north-west', () => {
    assert.equal(grid.size, 4);
    assert.equal(grid.cellAt(9.5, 23), 1);
    assert.equal(grid.cellAt(8.5, 21), 2);
    assert.equal(grid.cellAt(7.5, 21), 3);
    assert.equal(grid.cellAt(7.5, 23), 4);
  });

  it('says 0 where no road is, outside of the grid, and for what is no number', () => {
    assert.equal(grid.cellAt(9.5, 21), 0);
    for (const [latitude, longitude] of [
      [10.1, 23],
      [6.9, 21],
      [7.5, 19.9],
      [7.5, 24.1],
      [NaN, 21],
      [7.5, NaN],
      [Infinity, -Infinity],
    ] as const) {
      assert.equal(grid.cellAt(latitude, longitude), 0);
    }
  });

  it('gives northern and western edges to the cell, southern and eastern ones to the next', () => {
    assert.equal(grid.cellAt(10, 22), 1);
    assert.equal(grid.cellAt(8, 20), 3);
    assert.equal(grid.cellAt(8, 22), 4);
    assert.equal(grid.cellAt(7, 21), 0);
    assert.equal(grid.cellAt(7.5, 24), 0);
  });

  it('knows the edges and the middle of a cell', () => {
    assert.deepEqual(grid.boundsOf(2), { south: 8, west: 20, north: 9, east: 22 });
    assert.deepEqual(grid.centreOf(2), { latitude: 8.5, longitude: 21 });
  });

  it('has no place for cell 0 and for cells that it lacks', () => {
    for (const cell of [0, -1, 5, 1.5, NaN]) {
      assert.throws(() => grid.boundsOf(cell), RangeError);
      assert.throws(() => grid.centreOf(cell), RangeError);
    }
  });

  it('measures the way to a cell from its nearest edge or corner, 0 inside', () => {
    assert.equal(grid.distanceToCellM(2, 8.2, 21), 0);
    assert.equal(grid.distanceToCellM(2, 7.5, 21), distanceM(7.5, 21, 8, 21));
    assert.equal(grid.distanceToCellM(2, 7.5, 23), distanceM(7.5, 23, 8, 22));
    assert.equal(grid.distanceToCellM(0, 89, 0), 0);
  });

  it('comes back from its own file', () => {
    const again = Grid.parse(JSON.parse(JSON.stringify(grid)));
    assert.deepEqual(again.toJSON(), small);
  });

  it('refuses a file that is none, naming what is wrong', () => {
    assert.throws(() => Grid.parse({ ...small, rows: 2 }), GridError);
    assert.throws(() => Grid.parse({ ...small, occupied: ['.#', '#', '##'] }), /occupied/);
    assert.throws(() => Grid.parse({ ...small, occupied: ['.#', '#x', '##'] }), GridError);
    assert.throws(() => Grid.parse(null), GridError);
    assert.throws(() => Grid.read('{'), { code: 'INVALID_GRID' });
  });
});

describe('the grid of Daejeon', () => {
  const grid = Grid.read(readFileSync(path.join(projectDir(), 'models', 'daejeon', 'grid.json')));

  it('has 1456 cells of 500 m', () => {
    assert.equal(grid.size, 1_456);
    assert.equal(grid.cellSizeM, 500);
  });

  it('has squares: 500 m to within 0.2 % on each side, measured on the great circle', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: grid.size }), (cell) => {
        const { south, west, north, east } = grid.boundsOf(cell);
        const { latitude, longitude } = grid.centreOf(cell);
        assert.ok(Math.abs(distanceM(south, longitude, north, longitude) - 500) < 0.01);
        assert.ok(Math.abs(distanceM(latitude, west, latitude, east) - 500) < 1);
      }),
    );
  });

  it('finds each cell again at its centre', () => {
    for (let cell = 1; cell <= grid.size; cell++) {
      const { latitude, longitude } = grid.centreOf(cell);
      assert.equal(grid.cellAt(latitude, longitude), cell);
    }
  });

  it('puts the city hall and the main station in different cells, under 5 km from each other', () => {
    // 4.88 km by a haversine in Python; the nearest side of the station's cell is up to 0.7 km nearer.
    const hall = grid.cellAt(36.3504, 127.3845);
    const station = grid.cellAt(36.3323, 127.4341);
    assert.ok(hall > 0 && station > hall);
    const wayM = grid.distanceToCellM(station, 36.3504, 127.3845);
    assert.ok(wayM > 4_170 && wayM < 4_880);
  });
});
