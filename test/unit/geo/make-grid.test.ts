import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readCity } from '../../../src/cli/city-file.js';
import { Grid } from '../../../src/geo/grid.js';
import { VisitCounter, gridFileText, gridOfRoads } from '../../../src/geo/make-grid.js';
import { projectDir } from '../../../src/project-dir.js';
import { equatorCity } from './city-fixture.js';

describe('a grid made of roads', () => {
  it('has the squares of the area that roads pass, at the area’s north-west corner', () => {
    // Squares are 0.01° wide: rows from 0.02° down to -0.02°, columns from 30° to 30.03°.
    const grid = gridOfRoads(equatorCity(), [
      // Along the first row, from outside of the area into its second column.
      [
        [29.99, 0.015],
        [30.015, 0.015],
      ],
      // From the third row's first column to the fourth row's third: half as steep as a diagonal, it
      // crosses the rows' border, 0.005° further south, 0.01° further east, in the second column.
      [
        [30.005, -0.005],
        [30.025, -0.015],
      ],
    ]);
    assert.deepEqual(grid.occupied, ['##.', '...', '##.', '.##']);
    assert.equal(grid.rows, 4);
    assert.equal(grid.columns, 3);
    assert.deepEqual(grid.origin, { latitude: 0.02, longitude: 30 });
    assert.equal(grid.version, 3);
  });

  it('has in a polygon only squares whose middle lies in it', () => {
    const triangle = [
      [30, 0.02],
      [30.03, 0.02],
      [30, -0.02],
      [30, 0.02],
    ];
    const city = equatorCity({ area: { type: 'Polygon', coordinates: [triangle] } });
    // One road through every square. Middles lie 0.005°, 0.015°, … from the edges; the slanted edge
    // is at 0.03° − 0.75 × (0.02° − latitude) from the west: 0.02625°, 0.01875°, 0.01125°, 0.00375°.
    const roads = [0.015, 0.005, -0.005, -0.015].map((latitude): [number, number][] => [
      [30, latitude],
      [30.03, latitude],
    ]);
    assert.deepEqual(gridOfRoads(city, roads).occupied, ['###', '##.', '#..', '...']);
  });

  it('is refused where there is no road in the area, or too many squares', () => {
    const far: [number, number][] = [
      [0, 0],
      [1, 1],
    ];
    assert.throws(() => gridOfRoads(equatorCity(), [far]), { code: 'NO_GRID' });
    const large = equatorCity({ area: { south: -20, west: 0, north: 20, east: 40 } });
    assert.throws(() => gridOfRoads(large, [far]), /4000 × 4000 squares/);
  });
});

describe('a grid made of visits', () => {
  const [west, middle] = [30.005, 30.015];
  /** Positions on the equator, a bit south of it: the third row. */
  const southOfIt = (longitudes: readonly number[]): number[] => longitudes.map(() => -0.005);

  it('has the squares that enough vehicles visited often enough', () => {
    const city = equatorCity({ visited: { minVisits: 4, minVehicles: 2 } });
    const visits = new VisitCounter(city);
    // West: 3 + 1 visits by two vehicles. Middle: 2 + 1 visits. East: 4 visits by one vehicle.
    const first = [west, west, middle, west, middle, west];
    visits.addVehicle(southOfIt(first), first);
    const second = [west, middle, middle];
    visits.addVehicle(southOfIt(second), second);
    const away = 31;
    const third = [30.025, away, 30.025, away, 30.025, away, 30.025];
    visits.addVehicle(southOfIt(third), third);
    assert.deepEqual(visits.grid().occupied, ['...', '...', '#..', '...']);
  });

  it('does not count a vehicle that stays: 100 fixes in a square are one visit', () => {
    const visits = new VisitCounter(equatorCity({ visited: { minVisits: 3, minVehicles: 1 } }));
    const parked = Array.from({ length: 100 }, () => west);
    visits.addVehicle(southOfIt(parked), parked);
    visits.addVehicle(southOfIt(parked), parked);
    assert.throws(() => visits.grid(), { code: 'NO_GRID' });
    visits.addVehicle(southOfIt(parked), parked);
    assert.deepEqual(visits.grid().occupied, ['...', '...', '#..', '...']);
  });
});

describe('the city file of Daejeon', () => {
  it('gives the grid of its model, byte for byte', () => {
    const { city } = readCity(join(projectDir(), 'cities', 'daejeon.json'));
    assert.ok(city.roads !== null);
    const text = gridFileText(gridOfRoads(city, city.roads));
    assert.equal(text, readFileSync(join(projectDir(), 'models', 'daejeon', 'grid.json'), 'utf8'));
    assert.equal(Grid.read(text).size, 1_456);
  });
});
