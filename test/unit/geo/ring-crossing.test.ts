import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { selfCrossing } from '../../../src/geo/ring-crossing.js';
import type { Position } from '../../../src/geo/geojson.js';

/** Corners of a ring, without the last one, which is the first again. */
function ring(...corners: readonly Position[]): readonly Position[] {
  const [first] = corners;
  assert.ok(first !== undefined);
  return [...corners, first];
}

/** Whether two edges have a point in common that is an end of neither, by solving for both shares. */
function meetInside([a, b]: readonly [Position, Position], [c, d]: readonly [Position, Position]) {
  const [rx, ry, sx, sy] = [b[0] - a[0], b[1] - a[1], d[0] - c[0], d[1] - c[1]];
  const determinant = rx * sy - ry * sx;
  if (determinant === 0) return false;
  const [qx, qy] = [c[0] - a[0], c[1] - a[1]];
  const [t, u] = [(qx * sy - qy * sx) / determinant, (qx * ry - qy * rx) / determinant];
  return t > 0 && t < 1 && u > 0 && u < 1;
}

function crossesByAllPairs(corners: readonly Position[]): boolean {
  const edges = corners.slice(1).map((to, at): [Position, Position] => [corners[at] ?? to, to]);
  return edges.some((edge, at) => edges.slice(0, at).some((other) => meetInside(edge, other)));
}

describe('a ring', () => {
  it('that is a bow tie crosses itself in the middle', () => {
    assert.deepEqual(selfCrossing(ring([0, 0], [2, 2], [2, 0], [0, 2])), [1, 1]);
  });

  it('that only touches itself does not cross itself', () => {
    assert.equal(
      selfCrossing(ring([0, 0], [4, 0], [4, 4], [2, 0], [0, 4])),
      null,
      'a corner on an edge',
    );
    const twice = ring([0, 0], [2, 2], [4, 0], [4, 4], [2, 2], [0, 4]);
    assert.equal(selfCrossing(twice), null, 'a corner on a corner');
  });

  it('crosses itself if a pair of its edges does, for any ring of a few corners', () => {
    const corner = fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 6 }));
    fc.assert(
      fc.property(fc.array(corner, { minLength: 3, maxLength: 9 }), (corners) => {
        const closed = ring(...corners);
        assert.equal(selfCrossing(closed) !== null, crossesByAllPairs(closed));
      }),
    );
  });

  it('that goes around its middle in order of angle never does, with thousands of corners', () => {
    const radii = Array.from({ length: 5_000 }, (_, at) => 1 + ((at * 7_919) % 1_000) / 1_000);
    const corners = radii.map((radius, at): Position => {
      const angle = (2 * Math.PI * at) / radii.length;
      return [radius * Math.cos(angle), radius * Math.sin(angle)];
    });
    assert.equal(selfCrossing(ring(...corners)), null);
  });

  it('whose corners lie on a circle crosses itself where two have changed places', () => {
    const corners = Array.from({ length: 5_000 }, (_, at): Position => {
      const angle = (2 * Math.PI * at) / 5_000;
      return [Math.cos(angle), Math.sin(angle)];
    });
    assert.equal(selfCrossing(ring(...corners)), null);
    // The edges from 99 to 2,500 and from 100 to 2,501 have their ends by turns on the circle.
    const [one, other] = [corners[100], corners[2_500]];
    assert.ok(one !== undefined && other !== undefined);
    assert.notEqual(selfCrossing(ring(...corners.with(100, other).with(2_500, one))), null);
  });
});
