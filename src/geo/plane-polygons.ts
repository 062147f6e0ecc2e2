import { AreaError } from './area-error.js';
import { coveringArc, normalLongitude, turnsTowards } from './longitude.js';
import { selfCrossing } from './ring-crossing.js';
import { spanOf } from './rings.js';
import type { Position, Rings } from './geojson.js';
import type { Arc } from './longitude.js';

/** Polygons on one plane of degrees, on which nothing jumps at the antimeridian. */
export interface PlanePolygons {
  /** The longitudes from the westernmost position to the easternmost. */
  readonly arc: Arc;
  /** With longitudes within the arc; those of the polygons' outer rings, at least. */
  readonly polygons: readonly Rings[];
}

/**
 * Lays polygons onto one plane. Those that have been cut at the antimeridian, as RFC 7946 wants it,
 * come to lie side by side; a ring that passes it uncut is followed across it: an edge that goes more
 * than half around the Earth by its numbers goes the other way round.
 *
 * @throws {AreaError} INVALID_AREA where there is nothing, and where a ring goes around a pole or
 *   crosses itself
 * @see https://www.rfc-editor.org/rfc/rfc7946#section-3.1.9
 */
export function onOnePlane(polygons: readonly Rings[]): PlanePolygons {
  const unrolled = polygons.filter((rings) => rings.length > 0).map(unrolledPolygon);
  if (unrolled.length === 0) throw new AreaError('the area is empty: its polygons have no rings');
  const arc = coveringArc(unrolled.map(arcOf));
  return {
    arc,
    polygons: unrolled.map((rings) => (arcOf(rings).west < arc.west ? turned(rings, 1) : rings)),
  };
}

/** A polygon whose outer ring begins, in the west, within −180 … 180, and whose holes lie in it. */
function unrolledPolygon(rings: Rings): Rings {
  const [outer = [], ...holes] = rings.map(unrolledRing);
  const { west, east } = arcOf([outer]);
  const middle = (west + east) / 2;
  const aligned = holes.map((hole) => {
    const first = hole[0]?.[0] ?? middle;
    return turnedRing(hole, Math.round((middle - first) / 360));
  });
  return turned([outer, ...aligned], -Math.floor((west + 180) / 360));
}

/** A ring that is followed from corner to corner, over the antimeridian as well. */
function unrolledRing(ring: readonly Position[]): readonly Position[] {
  let turns = 0;
  let before = ring[0]?.[0] ?? 0;
  const unrolled = ring.map(([longitude, latitude]): Position => {
    turns += turnsTowards(before, longitude);
    before = longitude;
    return [longitude + 360 * turns, latitude];
  });
  if (turns !== 0) {
    throw new AreaError(
      'a ring goes around a pole, over all longitudes: no grid of squares can be laid there; give the part up to 80° of latitude, as rings that go around no pole',
    );
  }
  const crossing = selfCrossing(unrolled);
  if (crossing === null) return unrolled;
  const [longitude, latitude] = crossing;
  throw new AreaError(
    `a ring crosses itself at longitude ${normalLongitude(longitude).toFixed(5)}, latitude ${latitude.toFixed(5)}: what is inside of it can't be told. Draw it without crossings, or divide it there`,
  );
}

function turned(rings: Rings, turns: number): Rings {
  return turns === 0 ? rings : rings.map((ring) => turnedRing(ring, turns));
}

function turnedRing(ring: readonly Position[], turns: number): readonly Position[] {
  return ring.map(([longitude, latitude]): Position => [longitude + 360 * turns, latitude]);
}

/** Of the outer ring: it may have any longitudes. */
function arcOf([outer = []]: Rings): Arc {
  const { least, most } = spanOf(outer.map(([longitude]) => longitude));
  return { west: least, east: most };
}
