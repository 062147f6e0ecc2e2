import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GeoJsonError, linesOf, polygonsOf } from '../../../src/geo/geojson.js';

function polygonOf(...corners: readonly (readonly number[])[]): unknown {
  return { type: 'Polygon', coordinates: [[...corners, ...corners.slice(0, 1)]] };
}

const daejeon = polygonOf([127.25, 36.2], [127.5, 36.2], [127.5, 36.5]);

function messageOf(value: unknown): string {
  try {
    polygonsOf(value);
  } catch (error) {
    assert.ok(error instanceof GeoJsonError);
    return error.message;
  }
  return assert.fail('it was taken');
}

describe('GeoJSON', () => {
  it('in another reference system than WGS 84 is refused, with how to convert it', () => {
    const inKorea = {
      type: 'FeatureCollection',
      crs: { type: 'name', properties: { name: 'urn:ogc:def:crs:EPSG::5186' } },
      features: [{ type: 'Feature', geometry: daejeon }],
    };
    assert.match(messageOf(inKorea), /EPSG::5186.*WGS 84.*ogr2ogr -t_srs EPSG:4326/);
  });

  it('may name WGS 84, as its version of 2008 did', () => {
    for (const name of [
      'urn:ogc:def:crs:OGC:1.3:CRS84',
      'urn:ogc:def:crs:OGC::CRS84',
      'EPSG:4326',
      'urn:ogc:def:crs:EPSG::4326',
    ]) {
      const named = { type: 'Feature', crs: { type: 'name', properties: { name } } };
      assert.equal(polygonsOf({ ...named, geometry: daejeon }).length, 1, name);
    }
    const unknown = { type: 'Feature', crs: null, geometry: daejeon };
    assert.equal(polygonsOf(unknown).length, 1);
  });

  it('with metres for degrees is refused as that, in a few lines', () => {
    // Daejeon in EPSG:3857, as web maps have it.
    const corners = Array.from({ length: 500 }, (_, at) => [14_165_000 + at, 4_330_000 + at]);
    const message = messageOf(polygonOf(...corners));
    assert.match(message, /found \[14165000, 4330000\].*metres of a projection.*ogr2ogr/);
    assert.ok(message.split('\n').length < 12, message);
    assert.match(message, /and \d+ more/);
  });

  it('with latitudes first is refused as that, where they can’t be longitudes', () => {
    const swapped = polygonOf([36.2, 127.25], [36.2, 127.5], [36.5, 127.5]);
    assert.match(messageOf(swapped), /found \[36.2, 127.25\]: are latitude and longitude swapped/);
  });

  it('that counts longitudes on beyond the antimeridian is brought back', () => {
    const line = {
      type: 'LineString',
      coordinates: [
        [179, 1],
        [181, 2],
        [-182, 3],
      ],
    };
    assert.deepEqual(linesOf(line), [
      [
        [179, 1],
        [-179, 2],
        [178, 3],
      ],
    ]);
  });
});
