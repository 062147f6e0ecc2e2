import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { movesOf } from '../../../src/cli/training/fixes-report.js';
import { cityView } from '../../../src/cli/training/city-view.js';
import { cellEntry, readEntry } from '../../../src/geo/cell-entry.js';
import { distanceM, earthRadiusM, localDistanceM } from '../../../src/geo/distance.js';
import { Grid } from '../../../src/geo/grid.js';
import { VisitCounter, gridOfArea, gridOfRoads } from '../../../src/geo/make-grid.js';
import { defaultRules, VehicleMap } from '../../../src/geo/windows.js';
import { keepsDirection } from '../../../src/model/evaluation/keeps-direction.js';
import { equatorCity } from './city-fixture.js';
import type { City } from '../../../src/geo/city.js';

/** A longitude as records have it. */
const normal = (longitude: number): number => (longitude > 180 ? longitude - 360 : longitude);

/** Great-circle distance by the chord between two points of the sphere: no angle is subtracted. */
function chordDistanceM(lat1: number, lon1: number, lat2: number, lon2: number): number {
  const point = (latitude: number, longitude: number): [number, number, number] => {
    const [phi, lambda] = [(latitude * Math.PI) / 180, (longitude * Math.PI) / 180];
    return [Math.cos(phi) * Math.cos(lambda), Math.cos(phi) * Math.sin(lambda), Math.sin(phi)];
  };
  const [a, b] = [point(lat1, lon1), point(lat2, lon2)];
  const chord = Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
  return 2 * earthRadiusM * Math.asin(chord / 2);
}

/** The western edges of two cities of the same latitude: one of them lies across the antimeridian. */
const [inland, across] = [21.4, 179.9];
const [south, north, widthDeg] = [64.6, 64.8, 0.4];

/** Places as millionths of the city's width and height from its north-west, some of them outside. */
const place = fc.tuple(
  fc.integer({ min: -200_000, max: 1_200_000 }),
  fc.integer({ min: -200_000, max: 1_200_000 }),
);
type Place = readonly [east: number, down: number];

function latitudeOf([, down]: Place): number {
  return north - ((down + 0.5) / 1_000_000) * (north - south);
}

function longitudeOf(west: number, [east]: Place): number {
  return normal(west + ((east + 0.5) / 1_000_000) * widthDeg);
}

function cityAt(west: number): City {
  const area = { south, west, north, east: normal(west + widthDeg) };
  return equatorCity({ name: 'shifted', timeZone: 'Etc/GMT-12', area, cellSizeM: 500 });
}

function fullGridAt(west: number): Grid {
  return Grid.parse(gridOfArea(cityAt(west)));
}

describe('a city across the antimeridian', () => {
  it('has the cells that the same city has elsewhere on its latitude, by roads', () => {
    const road = fc.array(place, { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(fc.array(road, { minLength: 1, maxLength: 5 }), place, (roads, inside) => {
        const middle: Place = [inside[0] / 4 + 400_000, 500_000];
        const gridAt = (west: number) =>
          gridOfRoads(
            cityAt(west),
            [[middle, middle], ...roads].map((line) =>
              line.map((at): [number, number] => [longitudeOf(west, at), latitudeOf(at)]),
            ),
          );
        const [one, other] = [gridAt(inland), gridAt(across)];
        assert.deepEqual(other.occupied, one.occupied);
        assert.deepEqual(other.cellSizeDeg, one.cellSizeDeg);
        assert.deepEqual(other.origin, { latitude: north, longitude: across });
      }),
    );
  });

  it('has the cells that the same city has elsewhere, by visits', () => {
    fc.assert(
      fc.property(fc.array(place, { minLength: 40, maxLength: 80 }), (places) => {
        const gridAt = (west: number) => {
          const city = { ...cityAt(west), visited: { minVisits: 1, minVehicles: 1 } };
          const visits = new VisitCounter(city);
          const centre: Place = [500_000, 500_000];
          const all = [centre, ...places];
          visits.addVehicle(
            all.map(latitudeOf),
            all.map((at) => longitudeOf(west, at)),
          );
          return visits.grid();
        };
        assert.deepEqual(gridAt(across).occupied, gridAt(inland).occupied);
      }),
    );
  });

  it('finds the cell of a position, and the way to a cell, as elsewhere', () => {
    const [one, other] = [fullGridAt(inland), fullGridAt(across)];
    assert.equal(other.size, one.size);
    fc.assert(
      fc.property(place, fc.integer({ min: 1, max: one.size }), (at, cell) => {
        const latitude = latitudeOf(at);
        const [here, there] = [longitudeOf(inland, at), longitudeOf(across, at)];
        assert.equal(other.cellAt(latitude, there), one.cellAt(latitude, here));
        const wayM = other.distanceToCellM(cell, latitude, there);
        assert.ok(Math.abs(wayM - one.distanceToCellM(cell, latitude, here)) < 1e-3);
        assert.ok(wayM < 40_000);
      }),
    );
  });

  it('has centres from −180° to 180°, in each of which its cell is found again', () => {
    const grid = fullGridAt(across);
    let [east, west] = [0, 0];
    for (let cell = 1; cell <= grid.size; cell += 1) {
      const { latitude, longitude } = grid.centreOf(cell);
      assert.ok(Math.abs(longitude) <= 180);
      if (longitude < 0) east += 1;
      else west += 1;
      assert.equal(grid.cellAt(latitude, longitude), cell);
    }
    // A quarter of its 0.4° lies west of 180°.
    assert.ok(west > 0 && east > 2 * west);
  });

  it('knows how a cell was entered, and which baseline goes on over it, as elsewhere', () => {
    const [one, other] = [fullGridAt(inland), fullGridAt(across)];
    const { columns } = one.toJSON();
    /** The seven best cells: the goal, its neighbours, and those a square further on either side. */
    const rankedBy = (grid: Grid) => {
      const baseline = keepsDirection(cityView(grid, 'Etc/GMT-12', null).places, 7);
      return (before: number, cell: number) =>
        [...baseline.rank(before, cell)].sort((a, b) => a - b);
    };
    const [elsewhere, here] = [rankedBy(one), rankedBy(other)];
    // Along the first row over the antimeridian, which is a quarter of the way.
    for (let cell = 4; cell <= columns - 4; cell += 1) {
      assert.deepEqual(here(cell - 1, cell), elsewhere(cell - 1, cell), 'eastwards');
      assert.deepEqual(here(cell + 1, cell), elsewhere(cell + 1, cell), 'westwards');
      const entryAt = (grid: Grid) => {
        const { south: least, north: most, west, east } = grid.boundsOf(cell);
        const fix = {
          vehicleId: 'a',
          eventTimeMs: 1,
          latitude: least + 0.3 * (most - least),
          longitude: normal(west + 0.6 * (east - west)),
        };
        return readEntry(cellEntry(grid, cell, fix)).place;
      };
      // Row 3 and column 3 of the 4 × 4 squares.
      assert.equal(entryAt(other), 11);
      assert.equal(entryAt(one), 11);
    }
  });

  it('takes a drive over the antimeridian for plausible, and a jump over it for none', () => {
    const grid = fullGridAt(across);
    const startMs = Date.UTC(2024, 2, 4);
    const drive = (...fixes: readonly (readonly [longitude: number, second: number])[]) => {
      const vehicles = new VehicleMap(grid, defaultRules);
      return fixes.map(([longitude, second]) => {
        const eventTimeMs = startMs + second * 1000;
        return vehicles.take(
          { vehicleId: 'a', eventTimeMs, latitude: 64.7, longitude },
          eventTimeMs,
        ).kind;
      });
    };
    // 0.02° are 950 m at this latitude: 57 km/h.
    assert.deepEqual(drive([179.99, 0], [-179.99, 60]), ['entered', 'entered']);
    // 0.25° are 11.9 km: over 680 km/h.
    assert.deepEqual(drive([179.95, 0], [-179.8, 60]), ['entered', 'rejected']);
  });

  it('tells moves to a neighbour from longer ones over the antimeridian', () => {
    const grid = fullGridAt(across);
    const { columns } = grid.toJSON();
    const cells = Int32Array.from({ length: columns }, (_, index) => index + 1);
    const runs = {
      cells,
      timesMs: new Float64Array(columns),
      entries: new Int32Array(columns),
      starts: Int32Array.from([0, columns]),
      vehicles: Int32Array.from([0]),
    };
    const neighbours = { toNeighbour: columns - 1, overOneSquare: 0, overMore: 0 };
    assert.deepEqual(movesOf([runs], grid), neighbours);
  });
});

describe('a road network far from a city', () => {
  it('puts no road through it that passes the meridian opposite of it', () => {
    const city = equatorCity({ area: { south: -0.02, west: 0, north: 0.02, east: 0.03 } });
    const opposite: [number, number][] = [
      [179.9, 0.005],
      [-179.9, 0.005],
    ];
    assert.throws(() => gridOfRoads(city, [opposite]), { code: 'NO_GRID' });
  });
});

describe('distances over the antimeridian', () => {
  it('are those along the sphere, by chords', () => {
    const latitude = fc.integer({ min: -790, max: 790 }).map((tenths) => tenths / 10);
    const step = fc.integer({ min: -300, max: 300 }).map((thousandths) => thousandths / 1000);
    fc.assert(
      fc.property(latitude, step, step, step, (lat, up, left, right) => {
        const [west, east] = [normal(180 + left), normal(180 + right)];
        const expectedM = chordDistanceM(lat, west, lat + up, east);
        assert.ok(Math.abs(distanceM(lat, west, lat + up, east) - expectedM) < 0.01);
        const localM = localDistanceM(lat, west, lat + up, east);
        // Up to 75 km apart, and up to 79.3° north, the plane at the mean latitude is that near.
        assert.ok(
          Math.abs(localM - expectedM) <= 1e-4 * expectedM + 0.01,
          `${localM} ${expectedM}`,
        );
      }),
    );
  });

  it('are 1° of the equator from 179.5° to −179.5°', () => {
    const degreeM = (2 * Math.PI * earthRadiusM) / 360;
    assert.ok(Math.abs(distanceM(0, 179.5, 0, -179.5) - degreeM) < 1e-6);
    assert.ok(Math.abs(localDistanceM(0, 179.5, 0, -179.5) - degreeM) < 1e-6);
    assert.ok(Math.abs(localDistanceM(0, -179.5, 0, 179.5) - degreeM) < 1e-6);
  });
});
