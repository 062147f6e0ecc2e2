import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { areaOf } from '../../../src/geo/area.js';
import { Polygon } from '../../../src/geo/polygon.js';
import type { Position } from '../../../src/geo/geojson.js';

/** A ring around a middle whose corners come in order of their angles: it never crosses itself. */
function starAround(longitude: number, latitude: number, radii: readonly number[]): Position[] {
  const corners = radii.map((radius, at): Position => {
    const angle = (2 * Math.PI * at) / radii.length;
    return [longitude + radius * Math.cos(angle), latitude + radius * Math.sin(angle)];
  });
  return [...corners, ...corners.slice(0, 1)];
}

/** How often a ring goes around a position, by the sum of the angles that its edges are seen under. */
function windings(ring: readonly Position[], latitude: number, longitude: number): number {
  let sum = 0;
  ring.slice(1).forEach((to, at) => {
    const from = ring[at] ?? to;
    const [ax, ay] = [from[0] - longitude, from[1] - latitude];
    const [bx, by] = [to[0] - longitude, to[1] - latitude];
    sum += Math.atan2(ax * by - ay * bx, ax * bx + ay * by);
  });
  return Math.round(sum / (2 * Math.PI));
}

/** The part of a convex ring on one side of a meridian, after Sutherland and Hodgman. */
function cutAt(ring: readonly Position[], meridian: number, side: 'west' | 'east'): Position[] {
  const isIn = ([longitude]: Position): boolean =>
    side === 'west' ? longitude <= meridian : longitude >= meridian;
  const kept = ring.slice(1).flatMap((to, at): Position[] => {
    const from = ring[at] ?? to;
    const share = (meridian - from[0]) / (to[0] - from[0]);
    const crossing: Position = [meridian, from[1] + share * (to[1] - from[1])];
    if (isIn(from) && isIn(to)) return [to];
    if (isIn(from)) return [crossing];
    return isIn(to) ? [crossing, to] : [];
  });
  return [...kept, ...kept.slice(0, 1)];
}

const radius = fc.integer({ min: 1, max: 20 }).map((tenths) => tenths / 10);
const oddStep = fc.integer({ min: -11_000, max: 11_000 }).map((step) => 2 * step + 1);
/** Off the corners and the antimeridian; two units, so that no place lies on a diagonal edge. */
const offset = fc.tuple(
  oddStep.map((steps) => steps / 10_000),
  oddStep.map((steps) => steps / 10_007),
);
const offsets = fc.array(offset, { minLength: 1, maxLength: 30 });

describe('a polygon', () => {
  it('holds what its ring goes around', () => {
    fc.assert(
      fc.property(fc.array(radius, { minLength: 3, maxLength: 60 }), offsets, (radii, places) => {
        const ring = starAround(12, 50, radii);
        const polygon = new Polygon([ring]);
        for (const [east, north] of places) {
          const [longitude, latitude] = [12 + east, 50 + north];
          const isAround = windings(ring, latitude, longitude) !== 0;
          assert.equal(polygon.holds(latitude, longitude), isAround, `${longitude} ${latitude}`);
        }
      }),
    );
  });

  it('of ten thousand corners holds what its ring goes around', () => {
    const radii = Array.from({ length: 10_000 }, (_, at) => 1 + ((at * 7_919) % 97) / 97);
    const ring = starAround(12, 50, radii);
    const polygon = new Polygon([ring]);
    for (let step = 0; step < 200; step += 1) {
      const [longitude, latitude] = [10.001 + step * 0.0201, 50.0001 + ((step * 37) % 200) / 101];
      const isAround = windings(ring, latitude, longitude) !== 0;
      assert.equal(polygon.holds(latitude, longitude), isAround, `${longitude} ${latitude}`);
    }
  });
});

describe('an area across the antimeridian', () => {
  const normal = (longitude: number): number => (longitude > 180 ? longitude - 360 : longitude);
  const wrapped = (ring: readonly Position[]): Position[] =>
    ring.map(([longitude, latitude]): Position => [normal(longitude), latitude]);

  it('holds what its ring goes around, cut there as RFC 7946 wants it, or not', () => {
    // All corners on a circle: convex, so that it can be cut in two by a simple rule.
    const size = fc.integer({ min: 5, max: 20 });
    fc.assert(
      fc.property(size, radius, offsets, (corners, length, places) => {
        const ring = starAround(180, -17, new Array<number>(corners).fill(length));
        const uncut = areaOf({ type: 'Polygon', coordinates: [wrapped(ring)] });
        const [west, east] = [cutAt(ring, 180, 'west'), cutAt(ring, 180, 'east')];
        const eastern = east.map(([longitude, latitude]) => [longitude - 360, latitude]);
        const cut = areaOf({ type: 'MultiPolygon', coordinates: [[west], [eastern]] });
        assert.ok(Math.abs(cut.bounds.east - uncut.bounds.east) < 1e-9);
        assert.equal(cut.bounds.west, uncut.bounds.west);
        for (const [right, up] of places) {
          const [longitude, latitude] = [180 + right, -17 + up];
          const isAround = windings(ring, latitude, longitude) !== 0;
          for (const { holds } of [cut, uncut]) {
            assert.equal(holds(latitude, normal(longitude)), isAround, `${longitude} ${latitude}`);
          }
        }
      }),
    );
  });
});
