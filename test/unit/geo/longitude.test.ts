import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  coveringArc,
  degreesEast,
  longitudeNear,
  normalLongitude,
} from '../../../src/geo/longitude.js';

const longitude = fc.integer({ min: -180, max: 180 });

describe('a longitude near another one', () => {
  it('is the same meridian, at most 180° away', () => {
    assert.equal(longitudeNear(-179, 178), 181);
    assert.equal(longitudeNear(178, -179), -182);
    assert.equal(longitudeNear(-180, 179), 180);
    assert.equal(longitudeNear(180, -179), -180);
  });

  it('is left as it is, to the last bit, where it is near already, or just opposite', () => {
    assert.equal(longitudeNear(127.38451234567891, 127), 127.38451234567891);
    assert.equal(longitudeNear(-90, 90), -90);
    assert.equal(longitudeNear(90, -90), 90);
    assert.ok(Number.isNaN(longitudeNear(NaN, 0)));
  });

  it('is brought back to −180 … 180 by normalLongitude', () => {
    for (const [from, to] of [
      [181, -179],
      [-181, 179],
      [180, 180],
      [-180, -180],
      [360, 0],
      [12.5, 12.5],
    ] as const) {
      assert.equal(normalLongitude(from), to);
    }
  });

  it('tells the shorter way east or west, as the angle between directions does', () => {
    fc.assert(
      fc.property(longitude, longitude, (from, to) => {
        const way = degreesEast(from, to);
        assert.ok(Math.abs(way) <= 180);
        // By the angle of the quotient of two complex numbers of length 1.
        const [a, b] = [(from * Math.PI) / 180, (to * Math.PI) / 180];
        const angle = Math.atan2(Math.sin(b - a), Math.cos(b - a)) * (180 / Math.PI);
        const isOpposite = Math.abs(Math.abs(way) - 180) < 1e-9;
        assert.ok(isOpposite || Math.abs(way - angle) < 1e-9, `${from} to ${to}: ${way}`);
      }),
    );
  });
});

describe('the arc over several arcs', () => {
  it('goes from the westernmost to the easternmost where none lies beyond the antimeridian', () => {
    const arcs = [
      { west: 28, east: 29 },
      { west: -10, east: -8 },
    ];
    assert.deepEqual(coveringArc(arcs), { west: -10, east: 29 });
  });

  it('goes on beyond 180 where that is shorter, as for Fiji', () => {
    const arcs = [
      { west: -180, east: -178 },
      { west: 177, east: 180 },
    ];
    assert.deepEqual(coveringArc(arcs), { west: 177, east: 182 });
    assert.deepEqual(coveringArc([...arcs, { west: 179, east: 181 }]), { west: 177, east: 182 });
  });

  it('is the whole circle where there is no gap', () => {
    const arcs = [
      { west: -180, east: 10 },
      { west: 0, east: 180 },
    ];
    assert.deepEqual(coveringArc(arcs), { west: -180, east: 180 });
  });

  it('is as long as counting free degrees says', () => {
    const arc = fc
      .tuple(fc.integer({ min: -180, max: 179 }), fc.integer({ min: 1, max: 60 }))
      .map(([west, length]) => ({ west, east: west + length }));
    fc.assert(
      fc.property(fc.array(arc, { minLength: 1, maxLength: 6 }), (arcs) => {
        // The circle in steps of a degree; the longest row of free ones is the gap.
        const covered = new Array<boolean>(360).fill(false);
        for (const { west, east } of arcs) {
          for (let degree = west; degree < east; degree += 1) covered[(degree + 360) % 360] = true;
        }
        let [gap, row] = [0, 0];
        for (const isCovered of [...covered, ...covered]) {
          row = isCovered ? 0 : row + 1;
          gap = Math.max(gap, row);
        }
        const { west, east } = coveringArc(arcs);
        assert.equal(east - west, 360 - Math.min(gap, 360));
        assert.ok(west >= -180 && west < 180);
      }),
    );
  });
});
