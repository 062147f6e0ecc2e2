import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { extentOf } from '../../../src/geo/grid-extent.js';
import { gridOfArea } from '../../../src/geo/make-grid.js';
import { equatorCity } from './city-fixture.js';

describe('the extent of a grid', () => {
  it('counts cells, and those of which a side borders on no other cell', () => {
    const grid = {
      ...gridOfArea(equatorCity()),
      rows: 4,
      columns: 5,
      // Enclosed on all four sides are the two in the middle of the second row and the one below.
      occupied: ['#####', '####.', '.###.', '..#..'],
    };
    const { cells, edgeCells } = extentOf(grid);
    assert.equal(cells, 13);
    assert.equal(edgeCells, 10);
  });

  it('tells how wide cells are at both edges: as the cosine of the latitude', () => {
    const area = { south: 60, west: 30, north: 64, east: 31 };
    const grid = gridOfArea(equatorCity({ area, cellSizeM: 1_000 }));
    const { northernWidthM, southernWidthM } = extentOf(grid);
    // cos 64° / cos 62° = 0.43837 / 0.46947; the last row ends up to a cell, 0.009°, south of 60°.
    assert.ok(Math.abs(northernWidthM - 933.75) < 0.05, String(northernWidthM));
    assert.ok(southernWidthM >= 1_065.0 && southernWidthM < 1_065.4, String(southernWidthM));
  });
});

describe('the grid of a whole area', () => {
  it('has every square of a box, and of a polygon those whose middle lies in it', () => {
    assert.deepEqual(gridOfArea(equatorCity()).occupied, ['###', '###', '###', '###']);
    const triangle = [
      [30, 0.02],
      [30.03, 0.02],
      [30, -0.02],
      [30, 0.02],
    ];
    const area = { type: 'Polygon', coordinates: [triangle] };
    // As in the test of roads: the slanted edge is at 0.026°, 0.019°, 0.011° and 0.004°.
    assert.deepEqual(gridOfArea(equatorCity({ area })).occupied, ['###', '##.', '#..', '...']);
  });

  it('is refused where no middle of a square lies in it', () => {
    const sliver = [
      [30, 0.001],
      [30.03, 0.001],
      [30.0101, 0],
      [30, 0.001],
    ];
    const area = { type: 'Polygon', coordinates: [sliver] };
    assert.throws(
      () => gridOfArea(equatorCity({ area })),
      /the middle of no square of .* m lies in/,
    );
  });
});
