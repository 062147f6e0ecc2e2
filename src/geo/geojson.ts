import { z } from 'zod';
import { PipelineError } from '../errors.js';
import { normalLongitude } from './longitude.js';

/** A position as GeoJSON has it: degrees east, then degrees north. */
export type Position = readonly [longitude: number, latitude: number];

/** A polygon's outer ring, and the rings of its holes. A ring ends where it begins. */
export type Rings = readonly (readonly Position[])[];

/** GeoJSON that can't be read, or lacks what is looked for. */
export class GeoJsonError extends PipelineError {
  constructor(message: string, cause?: unknown) {
    super(message, { code: 'INVALID_GEOJSON', disposition: 'fatal', cause });
  }
}

const node = z.looseObject({
  type: z.string(),
  features: z.array(z.unknown()).optional(),
  geometries: z.array(z.unknown()).optional(),
  geometry: z.unknown().optional(),
  coordinates: z.unknown().optional(),
  crs: z.unknown().optional(),
});

/** How the GeoJSON of 2008 named a reference system; RFC 7946 has WGS 84 in degrees only. */
const referenceSystem = z.looseObject({ properties: z.looseObject({ name: z.string() }) });
/** WGS 84 as it could be named there, whatever the authority. */
const wgs84 = /(^|:)(CRS84h?|4326|4979)$/i;

/** Some programs count on beyond 180° for what lies across the antimeridian. */
const maxLongitude = 360;
const maxLatitude = 90;

/** RFC 7946 allows an altitude and more behind the two; they are left out. */
const position = z
  .tuple([
    z.number().min(-maxLongitude).max(maxLongitude),
    z.number().min(-maxLatitude).max(maxLatitude),
  ])
  .rest(z.unknown())
  .transform(([longitude, latitude]): Position => [normalLongitude(longitude), latitude]);
const line = z.array(position).min(2);
const rings = z.array(
  z
    .array(position)
    .min(4)
    .refine((ring) => String(ring[0]) === String(ring.at(-1)), {
      message: 'a ring of a polygon ends where it begins',
    }),
);

const linesIn: Readonly<Record<string, z.ZodType<(readonly Position[])[]>>> = {
  LineString: line.transform((one) => [one]),
  MultiLineString: z.array(line),
};
const polygonsIn: Readonly<Record<string, z.ZodType<Rings[]>>> = {
  Polygon: rings.transform((one) => [one]),
  MultiPolygon: z.array(rings),
};

/** Problems of one geometry that are told of: a wrong file has as many as positions. */
const maxTold = 3;

/** The geometries within a value, out of features and collections. */
function* geometriesOf(value: unknown): Generator<{ type: string; coordinates?: unknown }> {
  const parsed = node.safeParse(value);
  if (!parsed.success) {
    throw new GeoJsonError(
      'this is no GeoJSON: expected an object with a "type", such as a FeatureCollection',
      parsed.error,
    );
  }
  const { type, features, geometries, geometry, coordinates, crs } = parsed.data;
  checkReferenceSystem(crs);
  if (coordinates !== undefined) yield { type, coordinates };
  const parts = [...(features ?? []), ...(geometries ?? []), geometry ?? null];
  for (const part of parts) if (part !== null) yield* geometriesOf(part);
}

function checkReferenceSystem(crs: unknown): void {
  const name = referenceSystem.safeParse(crs).data?.properties.name;
  if (name === undefined || wgs84.test(name)) return;
  throw new GeoJsonError(
    `the positions are in the reference system ${name}; expected WGS 84 in degrees (EPSG:4326): convert them, such as by "ogr2ogr -t_srs EPSG:4326 OUT.geojson IN.geojson"`,
  );
}

function collect<T>(value: unknown, kinds: Readonly<Record<string, z.ZodType<T[]>>>): T[] {
  const found: T[] = [];
  const others = new Set<string>();
  for (const { type, coordinates } of geometriesOf(value)) {
    const parsed = kinds[type]?.safeParse(coordinates);
    if (parsed === undefined) others.add(type);
    else if (parsed.success) for (const one of parsed.data) found.push(one);
    else throw unreadable(type, coordinates, parsed.error);
  }
  if (found.length > 0) return found;
  const names = Object.keys(kinds).join(' or ');
  const instead = others.size === 0 ? 'no geometry' : [...others].join(', ');
  throw new GeoJsonError(`expected a ${names}, found ${instead}`);
}

function unreadable(
  type: string,
  coordinates: unknown,
  error: { readonly issues: readonly z.core.$ZodIssue[] },
): GeoJsonError {
  const told = z.prettifyError({ issues: error.issues.slice(0, maxTold) });
  const more = error.issues.length - maxTold;
  return new GeoJsonError(
    `a ${type} can't be read: ${told}${more > 0 ? `\n… and ${more} more` : ''}; ` +
      `positions are [longitude, latitude] in degrees, longitude first${misreading(coordinates)}`,
    error,
  );
}

/** What the first position that can't be degrees probably is, as the end of a sentence. */
function misreading(coordinates: unknown): string {
  const strange = strangePosition(coordinates);
  if (strange === null) return '';
  const [x, y] = strange;
  const found = `; found [${x}, ${y}]`;
  return Math.abs(x) <= 90 && Math.abs(y) <= 180
    ? `${found}: are latitude and longitude swapped?`
    : `${found}, which are no degrees but probably metres of a projection: convert them to WGS 84 (EPSG:4326), such as by "ogr2ogr -t_srs EPSG:4326 OUT.geojson IN.geojson"`;
}

function strangePosition(coordinates: unknown): Position | null {
  if (!Array.isArray(coordinates)) return null;
  const parts: unknown[] = coordinates;
  const [x, y] = parts;
  if (typeof x === 'number' && typeof y === 'number') {
    return Math.abs(x) > maxLongitude || Math.abs(y) > maxLatitude ? [x, y] : null;
  }
  for (const part of parts) {
    const found = strangePosition(part);
    if (found !== null) return found;
  }
  return null;
}

/**
 * All lines of a geometry, a feature or a collection; geometries of other kinds are passed over.
 * @throws {GeoJsonError} INVALID_GEOJSON, also where there is no line
 * @see https://www.rfc-editor.org/rfc/rfc7946
 */
export function linesOf(value: unknown): (readonly Position[])[] {
  return collect(value, linesIn);
}

/**
 * All polygons of a geometry, a feature or a collection; geometries of other kinds are passed over.
 * @throws {GeoJsonError} INVALID_GEOJSON, also where there is no polygon
 * @see https://www.rfc-editor.org/rfc/rfc7946
 */
export function polygonsOf(value: unknown): Rings[] {
  return collect(value, polygonsIn);
}
