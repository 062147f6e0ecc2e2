import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AreaError, areaOf } from '../../../src/geo/area.js';

/** A ring around whole degrees, from its south-west corner. */
function square(west: number, south: number, east: number, north: number): number[][] {
  return [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ];
}

/** A ring with these corners. */
function ring(...corners: readonly number[][]): number[][] {
  return [...corners, ...corners.slice(0, 1)];
}

/** GeoJSON of polygons without holes. */
function polygons(...rings: readonly number[][][]): unknown {
  return { type: 'MultiPolygon', coordinates: rings.map((one) => [one]) };
}

describe('an area', () => {
  it('may be a box, edges included', () => {
    const { bounds, holds } = areaOf({ south: 1, west: 2, north: 3, east: 4 });
    assert.deepEqual(bounds, { south: 1, west: 2, north: 3, east: 4 });
    assert.ok(holds(1, 2) && holds(3, 4) && holds(2, 3));
    assert.ok(!holds(0.99, 3) && !holds(3.01, 3) && !holds(2, 1.99) && !holds(2, 4.01));
  });

  it('may be a polygon with a hole', () => {
    const { bounds, holds } = areaOf({
      type: 'Polygon',
      coordinates: [square(0, 0, 10, 10), square(4, 4, 6, 6)],
    });
    assert.deepEqual(bounds, { south: 0, west: 0, north: 10, east: 10 });
    assert.ok(holds(2, 5) && holds(5, 2) && holds(5, 8) && holds(8, 5));
    assert.ok(!holds(5, 5), 'in the hole');
    assert.ok(!holds(5, -1) && !holds(5, 11) && !holds(-1, 5) && !holds(11, 5));
  });

  it('knows a slanted edge: of the triangle (0,0), (10,0), (0,10) the half below it', () => {
    const triangle = [square(0, 0, 10, 0)[0], [10, 0], [0, 10], [0, 0]];
    const { holds } = areaOf({ type: 'Polygon', coordinates: [triangle] });
    assert.ok(holds(4.9, 5) && holds(1, 8.9));
    assert.ok(!holds(5.1, 5) && !holds(1, 9.1));
  });

  it('may be several polygons, in features', () => {
    const { bounds, holds } = areaOf({
      type: 'FeatureCollection',
      features: [
        {
          type: 'Feature',
          geometry: {
            type: 'MultiPolygon',
            coordinates: [[square(0, 0, 1, 1)], [square(4, 4, 5, 5)]],
          },
        },
        { type: 'Feature', geometry: { type: 'Polygon', coordinates: [square(8, 0, 9, 1)] } },
        { type: 'Feature', geometry: { type: 'Point', coordinates: [20, 20] } },
        { type: 'Feature', geometry: null },
      ],
    });
    assert.deepEqual(bounds, { south: 0, west: 0, north: 5, east: 9 });
    assert.ok(holds(0.5, 0.5) && holds(4.5, 4.5) && holds(0.5, 8.5));
    assert.ok(!holds(2, 2) && !holds(0.5, 5));
  });

  it('that is a box may lie across the antimeridian, its west then more than its east', () => {
    const { bounds, holds } = areaOf({ south: -20, west: 177, north: -16, east: -178 });
    assert.deepEqual(bounds, { south: -20, west: 177, north: -16, east: 182 });
    for (const longitude of [177, 179.5, 180, -180, -179, -178, 181]) {
      assert.ok(holds(-18, longitude), String(longitude));
    }
    assert.ok(!holds(-18, 176.9) && !holds(-18, -177.9) && !holds(-18, 0) && !holds(-15, 180));
  });

  it('may begin or end at the antimeridian, by either of its numbers', () => {
    for (const [west, east] of [
      [177, 180],
      [177, -180],
    ] as const) {
      const { bounds, holds } = areaOf({ south: 0, west, north: 1, east });
      assert.deepEqual(bounds, { south: 0, west: 177, north: 1, east: 180 });
      assert.ok(holds(0.5, 180) && holds(0.5, -180) && !holds(0.5, -179.9));
    }
    const { bounds } = areaOf({ south: 0, west: 180, north: 1, east: -178 });
    assert.deepEqual(bounds, { south: 0, west: -180, north: 1, east: -178 });
  });

  it('is the same of polygons cut at the antimeridian, across it, and counted on beyond 180', () => {
    const cut = areaOf(polygons(square(177, -20, 180, -16), square(-180, -20, -178, -16)));
    const uncut = areaOf(polygons(square(177, -20, -178, -16)));
    const beyond = areaOf(polygons(square(177, -20, 182, -16)));
    const before = areaOf(polygons(square(-183, -20, -178, -16)));
    for (const { bounds, holds } of [cut, uncut, beyond, before]) {
      assert.deepEqual(bounds, { south: -20, west: 177, north: -16, east: 182 });
      for (const longitude of [177.1, 179.9, 180, -180, -179.9, -178.1]) {
        assert.ok(holds(-18, longitude), String(longitude));
      }
      assert.ok(!holds(-18, 176.9) && !holds(-18, -177.9) && !holds(-18, 0));
    }
  });

  it('across the antimeridian may have a hole on either side of it', () => {
    const { holds } = areaOf({
      type: 'Polygon',
      coordinates: [
        square(177, 0, -177, 4),
        square(-179, 1, -178, 2),
        square(178, 1, 179, 2),
        square(179.5, 3, -179.5, 3.5),
      ],
    });
    assert.ok(holds(0.5, -178.5) && holds(0.5, 178.5) && holds(2.5, 180) && holds(1.5, -180));
    assert.ok(!holds(1.5, -178.5) && !holds(1.5, 178.5) && !holds(3.2, 180) && !holds(3.2, -179.6));
  });

  it('is refused with the reason where no grid can be laid over it', () => {
    const refused: [unknown, RegExp][] = [
      [{ south: 3, west: 2, north: 1, east: 4 }, /south must be less than north; found south 3/],
      [{ south: 1, west: 2, north: 1, east: 4 }, /empty/],
      [{ south: 1, west: 5, north: 3, east: 4 }, /more than half around.*swapped/],
      [{ south: 1, west: 180, north: 3, east: -180 }, /more than half around/],
      [{ south: 1, west: 7, north: 3, east: 7 }, /empty/],
      [{ south: 36, west: 127, north: 127.5, east: 127.6 }, /-90 to 90.*swapped/],
      [{ south: 78, west: 2, north: 80.1, east: 4 }, /-80 to 80 degrees.*swapped/],
      [{ south: -81, west: 2, north: 1, east: 4 }, /-80 to 80/],
      [{ south: 1, west: 2, north: 3, east: 181 }, /-180 to 180/],
      [{ south: 1, west: 2, north: 3 }, /east/],
      [{ south: 1, west: 2, north: 3, east: NaN }, /east/],
      [
        polygons(square(-170, 0, -160, 1), square(-50, 0, -40, 1), square(70, 0, 80, 1)),
        /half around/,
      ],
      [polygons(square(-180, -60, 180, 60)), /around the whole Earth/],
      [polygons(ring([0, 70], [90, 70], [179, 70], [-90, 70])), /around a pole/],
      [
        polygons(ring([0, 0], [2, 2], [2, 0], [0, 2])),
        /crosses itself at longitude 1\.00000, latitude 1\./,
      ],
      [{ type: 'Polygon', coordinates: [] }, /no rings/],
      [{ type: 'Polygon', coordinates: [square(0, 79, 1, 81)] }, /-80 to 80/],
      ['here', /expected a box/],
    ];
    for (const [value, reason] of refused) {
      assert.throws(
        () => areaOf(value),
        (error) => {
          assert.ok(error instanceof AreaError);
          assert.match(error.message, reason);
          return true;
        },
      );
    }
  });

  it('is refused where its GeoJSON is wrong or holds no polygon', () => {
    const line = {
      type: 'LineString',
      coordinates: [
        [0, 0],
        [1, 1],
      ],
    };
    assert.throws(() => areaOf(line), /expected a Polygon or MultiPolygon, found LineString/);
    const open = square(0, 0, 1, 1).slice(0, 4);
    assert.throws(() => areaOf({ type: 'Polygon', coordinates: [open] }), /ends where it begins/);
    const swapped = square(37, 127, 38, 128);
    assert.throws(() => areaOf({ type: 'Polygon', coordinates: [swapped] }), /longitude first/);
    assert.throws(() => areaOf({ type: 'FeatureCollection', features: [] }), /no geometry/);
  });
});
