import { z } from 'zod';
import { PipelineError } from '../errors.js';
import { polygonsOf } from './geojson.js';
import type { Position, Rings } from './geojson.js';

/** Edges in degrees. */
export interface Box {
  readonly south: number;
  readonly west: number;
  readonly north: number;
  readonly east: number;
}

/** A part of the Earth's surface that a grid can be laid over. */
export interface Area {
  /** The smallest box around it. */
  readonly bounds: Box;
  /** Whether a position in degrees lies in it. */
  readonly holds: (latitude: number, longitude: number) => boolean;
}

/** An area that no grid can be laid over. */
export class AreaError extends PipelineError {
  constructor(message: string, cause?: unknown) {
    super(message, { code: 'INVALID_AREA', disposition: 'fatal', cause });
  }
}

/** Beyond it squares of a grid would differ too much in width. Degrees. */
const maxLatitude = 80;

const box = z.strictObject({
  south: z.number(),
  west: z.number(),
  north: z.number(),
  east: z.number(),
});

/**
 * Reads an area from parsed JSON: a box `{ south, west, north, east }`, or GeoJSON with Polygons or
 * MultiPolygons (a geometry, a feature or a collection; several make one area).
 *
 * @throws {AreaError} INVALID_AREA: also for an area that is empty, reaches beyond 80° of latitude
 *   or crosses the antimeridian
 * @throws {GeoJsonError} INVALID_GEOJSON
 */
export function areaOf(value: unknown): Area {
  if (typeof value === 'object' && value !== null && 'type' in value) {
    return areaOfPolygons(polygonsOf(value));
  }
  const parsed = box.safeParse(value);
  if (!parsed.success) {
    throw new AreaError(
      `expected a box { south, west, north, east } in degrees, or GeoJSON with a Polygon or MultiPolygon: ${z.prettifyError(parsed.error)}`,
      parsed.error,
    );
  }
  const bounds = checkedBounds(parsed.data);
  return {
    bounds,
    holds: (latitude, longitude) =>
      latitude >= bounds.south &&
      latitude <= bounds.north &&
      longitude >= bounds.west &&
      longitude <= bounds.east,
  };
}

function areaOfPolygons(polygons: readonly Rings[]): Area {
  const positions = polygons.flat(2);
  const extreme = (pick: 'min' | 'max', axis: 0 | 1): number =>
    positions.reduce(
      (best, position) => Math[pick](best, position[axis]),
      positions[0]?.[axis] ?? 0,
    );
  const bounds = {
    ...{ south: extreme('min', 1), west: extreme('min', 0) },
    ...{ north: extreme('max', 1), east: extreme('max', 0) },
  };
  if (bounds.east - bounds.west > 180) {
    throw new AreaError(
      `the polygons reach from ${bounds.west}° to ${bounds.east}° east: they cross the antimeridian, or span half the Earth; give the part on one side of it`,
    );
  }
  return {
    bounds: checkedBounds(bounds),
    holds: (latitude, longitude) =>
      polygons.some((rings) => liesInside(rings, latitude, longitude)),
  };
}

function checkedBounds(bounds: Box): Box {
  const { south, west, north, east } = bounds;
  const found = `found south ${south}, west ${west}, north ${north}, east ${east}`;
  for (const latitude of [south, north]) {
    if (Math.abs(latitude) > maxLatitude) {
      throw new AreaError(
        `a grid's squares need latitudes from -${maxLatitude} to ${maxLatitude} degrees; ${found}. ` +
          'Are latitude and longitude swapped?',
      );
    }
  }
  for (const longitude of [west, east]) {
    if (Math.abs(longitude) > 180) {
      throw new AreaError(`longitudes must be from -180 to 180 degrees; ${found}`);
    }
  }
  if (south >= north) {
    throw new AreaError(`the area is empty: south must be less than north; ${found}`);
  }
  if (west >= east) {
    throw new AreaError(
      `the area is empty or crosses the antimeridian: west must be less than east; ${found}. ` +
        'Give the part on one side of the antimeridian.',
    );
  }
  return bounds;
}

/** By the parity of the edges that lie west of the position: those of holes count too. */
function liesInside(rings: Rings, latitude: number, longitude: number): boolean {
  let isInside = false;
  for (const ring of rings) {
    let before: Position | undefined;
    for (const corner of ring) {
      if (before !== undefined && isEastOf(longitude, latitude, before, corner)) {
        isInside = !isInside;
      }
      before = corner;
    }
  }
  return isInside;
}

/** Whether a position lies east of an edge, at a latitude that the edge passes. */
function isEastOf(longitude: number, latitude: number, from: Position, to: Position): boolean {
  const [fromLongitude, fromLatitude] = from;
  const [toLongitude, toLatitude] = to;
  if (fromLatitude > latitude === toLatitude > latitude) return false;
  const share = (latitude - fromLatitude) / (toLatitude - fromLatitude);
  return longitude > fromLongitude + share * (toLongitude - fromLongitude);
}
