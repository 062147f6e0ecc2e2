/**
 * A stretch of longitudes from `west` on eastwards to `east`, in degrees. `west` is from −180 up to
 * but not including 180; where the stretch passes the antimeridian, `east` is more than 180, so that
 * it is always more than `west`.
 */
export interface Arc {
  readonly west: number;
  readonly east: number;
}

/**
 * Whole turns that bring a longitude within 180° of another one: −1, 0 or 1 where both are within
 * −180 … 180. None for one that is just opposite.
 */
export function turnsTowards(reference: number, longitude: number): number {
  const away = longitude - reference;
  if (away > 180) return -1;
  return away < -180 ? 1 : 0;
}

/**
 * A longitude, or the same one a turn further east or west, such that it lies within 180° of another:
 * as a number that can be compared with that one, and subtracted from it. Where it is so already, it
 * is given back bit for bit. At most one turn is taken.
 *
 * @example
 * longitudeNear(-179, 178); // 181
 */
export function longitudeNear(longitude: number, reference: number): number {
  return longitude + 360 * turnsTowards(reference, longitude);
}

/** A longitude up to a turn outside of −180 … 180, within it; any other as it is. */
export function normalLongitude(longitude: number): number {
  return longitudeNear(longitude, 0);
}

/** Degrees from one longitude to another, the shorter way round: positive where that is eastwards. */
export function degreesEast(from: number, to: number): number {
  return longitudeNear(to, from) - from;
}

/**
 * The shortest arc that holds all of some: the rest of the circle is the widest gap between them. Of
 * equally wide gaps it is the one at the antimeridian. From −180 to 180 where there is no gap.
 */
export function coveringArc(arcs: readonly Arc[]): Arc {
  const inOrder = [...arcs].sort((a, b) => a.west - b.west);
  // What passes the antimeridian covers the beginning of the circle too.
  let reach = inOrder.reduce((most, { east }) => Math.max(most, east), -Infinity) - 360;
  let [west, widestGap] = [NaN, 0];
  for (const arc of inOrder) {
    if (arc.west - reach > widestGap) [west, widestGap] = [arc.west, arc.west - reach];
    reach = Math.max(reach, arc.east);
  }
  if (widestGap === 0) return { west: -180, east: 180 };
  const ends = inOrder.map((arc) => (arc.west < west ? arc.east + 360 : arc.east));
  return { west, east: ends.reduce((most, east) => Math.max(most, east), west) };
}
