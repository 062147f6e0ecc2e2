import { z } from 'zod';
import { PipelineError } from '../errors.js';

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
});

/** RFC 7946 allows an altitude and more behind the two; they are left out. */
const position = z
  .tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)])
  .rest(z.unknown())
  .transform(([longitude, latitude]): Position => [longitude, latitude]);
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

/** The geometries within a value, out of features and collections. */
function* geometriesOf(value: unknown): Generator<{ type: string; coordinates?: unknown }> {
  const parsed = node.safeParse(value);
  if (!parsed.success) {
    throw new GeoJsonError(
      'this is no GeoJSON: expected an object with a "type", such as a FeatureCollection',
      parsed.error,
    );
  }
  const { type, features, geometries, geometry, coordinates } = parsed.data;
  if (coordinates !== undefined) yield { type, coordinates };
  const parts = [...(features ?? []), ...(geometries ?? []), geometry ?? null];
  for (const part of parts) if (part !== null) yield* geometriesOf(part);
}

function collect<T>(value: unknown, kinds: Readonly<Record<string, z.ZodType<T[]>>>): T[] {
  const found: T[] = [];
  const others = new Set<string>();
  for (const { type, coordinates } of geometriesOf(value)) {
    const parsed = kinds[type]?.safeParse(coordinates);
    if (parsed === undefined) others.add(type);
    else if (parsed.success) for (const one of parsed.data) found.push(one);
    else {
      throw new GeoJsonError(
        `a ${type} can't be read: ${z.prettifyError(parsed.error)}; ` +
          'positions are [longitude, latitude] in degrees, longitude first',
        parsed.error,
      );
    }
  }
  if (found.length > 0) return found;
  const names = Object.keys(kinds).join(' or ');
  const instead = others.size === 0 ? 'no geometry' : [...others].join(', ');
  throw new GeoJsonError(`expected a ${names}, found ${instead}`);
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
