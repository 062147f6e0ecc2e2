import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CityError, parseCity } from '../../../src/geo/city.js';
import { equatorCity, equatorFile } from './city-fixture.js';

const noFile = (path: string): unknown => {
  throw new Error(`no file ${path}`);
};

describe('a city file', () => {
  it('needs a name, a version, a time zone, an area, a cell size and a source', () => {
    const city = equatorCity();
    assert.equal(city.name, 'equator');
    assert.equal(city.squareAtLatitude, 0);
    assert.equal(city.roads, null);
    assert.deepEqual(city.visited, { minVisits: 5, minVehicles: 3 });
  });

  it('has its squares at the middle of its area, unless it names a latitude', () => {
    const area = { south: 10, west: 30, north: 13, east: 31 };
    assert.equal(equatorCity({ area }).squareAtLatitude, 11.5);
    assert.equal(equatorCity({ area, squareAtLatitude: 12 }).squareAtLatitude, 12);
  });

  it('may name files with its area and its roads', () => {
    const files: Record<string, unknown> = {
      'boundary.geojson': {
        type: 'Polygon',
        coordinates: [
          [
            [30, 0],
            [31, 0],
            [31, 1],
            [30, 0],
          ],
        ],
      },
      'roads.geojson': {
        type: 'Feature',
        geometry: {
          type: 'LineString',
          coordinates: [
            [30, 0, 5],
            [31, 1, 7],
          ],
        },
      },
    };
    const city = parseCity(
      { ...equatorFile, area: 'boundary.geojson', roads: 'roads.geojson' },
      (path) => files[path],
    );
    assert.deepEqual(city.area.bounds, { south: 0, west: 30, north: 1, east: 31 });
    assert.deepEqual(city.roads, [
      [
        [30, 0],
        [31, 1],
      ],
    ]);
  });

  it('tells all that is wrong in it at once', () => {
    const wrong = {
      ...equatorFile,
      name: 'São Paulo',
      timeZone: 'Seoul',
      area: { south: 1, west: 0, north: 0, east: 1 },
      roads: 'streets.json',
      colour: 'red',
    };
    assert.throws(
      () => parseCity(wrong, noFile),
      (error) => {
        assert.ok(error instanceof CityError);
        assert.equal(error.code, 'INVALID_CITY');
        for (const part of [
          'small letters',
          '"Seoul" is no time zone',
          'south must be less than north',
          'no file streets.json',
          'colour',
        ]) {
          assert.ok(error.message.includes(part), `${part} in ${error.message}`);
        }
        return true;
      },
    );
  });

  it('names its time zone, not an offset', () => {
    assert.throws(() => equatorCity({ timeZone: '+09:00' }), /IANA name/);
    assert.equal(equatorCity({ timeZone: 'Asia/Seoul' }).timeZone, 'Asia/Seoul');
  });
});
