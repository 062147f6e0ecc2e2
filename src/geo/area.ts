import { z } from 'zod';
import { AreaError } from './area-error.js';
import { polygonsOf } from './geojson.js';
import { longitudeNear } from './longitude.js';
import { onOnePlane } from './plane-polygons.js';
import { Polygon } from './polygon.js';
import { spanOf } from './rings.js';
import type { Rings } from './geojson.js';
import type { Arc } from './longitude.js';

export { AreaError } from './area-error.js';

/**
 * Edges in degrees. `west` is from −180 up to but not including 180, and `east` always more than
 * that: more than 180 where the box lies across the antimeridian.
 */
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
  /** Whether a position in degrees lies in it; longitudes a turn further are the same ones. */
  readonly holds: (latitude: number, longitude: number) => boolean;
}

/**
 * Beyond it the squares of a grid would differ too much in width: columns are as many degrees wide in
 * all rows, and a degree of longitude gets shorter towards the pole, by tan(latitude) ÷ Earth radius
 * of itself with every metre. Degrees.
 */
const maxLatitude = 80;
/** Kilometres towards the pole, at that latitude, over which a cell loses 1 % of its width: 11.2. */
const kmPerPercent = 11;

const box = z.strictObject({
  south: z.number(),
  west: z.number(),
  north: z.number(),
  east: z.number(),
});

/**
 * Reads an area from parsed JSON: a box `{ south, west, north, east }`, or GeoJSON with Polygons or
 * MultiPolygons (a geometry, a feature or a collection; several make one area). A box whose west is
 * more than its east lies across the antimeridian; polygons may lie across it, cut there or not.
 *
 * @throws {AreaError} INVALID_AREA: also for an area that is empty, reaches beyond 80° of latitude
 *   or over half the Earth's longitudes, and for a polygon that crosses itself or goes around a pole
 * @throws {GeoJsonError} INVALID_GEOJSON
 * @see https://www.rfc-editor.org/rfc/rfc7946#section-5.2
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
  return areaOfBox(parsed.data);
}

function areaOfBox(found: Box): Area {
  const { south, west, north, east } = found;
  const text = `found south ${south}, west ${west}, north ${north}, east ${east}`;
  checkLatitudes(south, north, text);
  for (const longitude of [west, east]) {
    if (Math.abs(longitude) > 180) {
      throw new AreaError(`longitudes must be from -180 to 180 degrees; ${text}`);
    }
  }
  if (west === east) throw new AreaError(`the area is empty: west and east are the same; ${text}`);
  const bounds = { south, north, ...eastwards(west, east) };
  if (west > east && bounds.east - bounds.west > 180) {
    throw new AreaError(
      `from west ${west} on eastwards to east ${east} it is more than half around the Earth; ${text}. Are west and east swapped? A box across the antimeridian has the larger number in the west, such as west 177, east -178.`,
    );
  }
  const middle = (bounds.west + bounds.east) / 2;
  return {
    bounds,
    holds: (latitude, longitude) => {
      const near = longitudeNear(longitude, middle);
      const isBetween = near >= bounds.west && near <= bounds.east;
      return isBetween && latitude >= bounds.south && latitude <= bounds.north;
    },
  };
}

/** From a box's western edge on to its eastern one, over the antimeridian if that is the way. */
function eastwards(west: number, east: number): Arc {
  const from = west === 180 ? -180 : west;
  return { west: from, east: east > from ? east : east + 360 };
}

function areaOfPolygons(found: readonly Rings[]): Area {
  const { arc, polygons } = onOnePlane(found);
  const latitudes = polygons.flat(2).map(([, latitude]) => latitude);
  const { least: south, most: north } = spanOf(latitudes);
  const { west, east } = arc;
  checkLatitudes(
    south,
    north,
    `found polygons from latitude ${south} to ${north}, from longitude ${west} to ${east}`,
  );
  if (east - west > 180) {
    throw new AreaError(
      `the polygons reach from longitude ${west} on eastwards to ${east}, more than half around the Earth: give one city's`,
    );
  }
  if (west >= east) {
    throw new AreaError(
      `the area is empty: all its positions are at longitude ${west}. Of a polygon around the whole Earth give the part that is to be covered`,
    );
  }
  const middle = (west + east) / 2;
  const parts = polygons.map((rings) => new Polygon(rings));
  return {
    bounds: { south, west, north, east },
    holds: (latitude, longitude) => {
      const near = longitudeNear(longitude, middle);
      return parts.some((part) => part.holds(latitude, near));
    },
  };
}

/** @param text what was found, for the message */
function checkLatitudes(south: number, north: number, text: string): void {
  for (const latitude of [south, north]) {
    if (Math.abs(latitude) > 90) {
      throw new AreaError(
        `latitudes must be from -90 to 90 degrees; ${text}. Are latitude and longitude swapped?`,
      );
    }
  }
  for (const latitude of [south, north]) {
    if (Math.abs(latitude) > maxLatitude) {
      throw new AreaError(
        `a grid needs latitudes from -${maxLatitude} to ${maxLatitude} degrees; ${text}. Cells are as many degrees wide in all rows, and beyond ${maxLatitude}° they get 1 % narrower with every ${kmPerPercent} km towards the pole, where all meridians meet: they would be no squares. Give the part up to ${maxLatitude}°; or are latitude and longitude swapped?`,
      );
    }
  }
  if (south >= north) {
    throw new AreaError(`the area is empty: south must be less than north; ${text}`);
  }
}
