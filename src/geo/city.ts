import { z } from 'zod';
import { PipelineError, messageOf } from '../errors.js';
import { areaOf } from './area.js';
import { linesOf } from './geojson.js';
import { RoadNetwork } from './roads.js';
import { isTimeZone } from './time-zone.js';
import type { Area } from './area.js';
import type { Position } from './geojson.js';

/** What a grid of a city is made from, and what its model learns from. */
export interface City {
  /** Small letters, digits and `-`: names the grid and the model's folder. */
  readonly name: string;
  /** Of the grid: a city file that gives other cells needs another one. */
  readonly version: number;
  /** IANA name, such as `Asia/Seoul`. */
  readonly timeZone: string;
  readonly area: Area;
  /** The side of a cell in metres. */
  readonly cellSizeM: number;
  /** The latitude at which cells are squares, in degrees. */
  readonly squareAtLatitude: number;
  /** The course of each road; null where cells are the squares that vehicles were seen in. */
  readonly roads: readonly (readonly Position[])[] | null;
  readonly visited: VisitRule;
  readonly data: CityData;
}

/**
 * What makes a cell of a square where no roads are known. A visit is a vehicle's fix in another
 * square than its fix before: it stays one visit however long the vehicle stays.
 */
export interface VisitRule {
  readonly minVisits: number;
  /** So many different vehicles: one receiver that errs makes no cell. */
  readonly minVehicles: number;
}

/** Where the movement comes from that the city's model learns. */
export interface CityData {
  /** `fleet`: Stagecoach's own simulation, which knows Daejeon only; `fixes`: recorded ones. */
  readonly kind: 'fleet' | 'fixes';
  /** Who recorded it, as it is to be cited. */
  readonly source: string;
  /** What may be done with it. */
  readonly terms?: string | undefined;
}

/** What a city may be called: it names a grid, files, a folder and a pipeline. */
export const cityNamePattern = /^[a-z0-9][a-z0-9-]{0,62}$/;
/** What makes a cell of a square where a city file says nothing of it. */
export const defaultVisits: VisitRule = { minVisits: 5, minVehicles: 3 };
/** Metres that the side of a cell may have. */
export const cellSizeLimitsM = { least: 10, most: 100_000 };

/** A city file that can't be used. */
export class CityError extends PipelineError {
  constructor(message: string, cause?: unknown) {
    super(message, { code: 'INVALID_CITY', disposition: 'fatal', cause });
  }
}

/**
 * Reads the courses of roads from parsed JSON: GeoJSON with lines, or a file like Daejeon's.
 * @throws {GeoJsonError} INVALID_GEOJSON
 * @throws {RoadsError} INVALID_ROADS
 */
export function roadsOf(json: unknown): (readonly Position[])[] {
  if (typeof json !== 'object' || json === null || 'type' in json) return linesOf(json);
  return RoadNetwork.parse(json).lines();
}

/** A field whose value, or that of the file it names, is read by `read`. */
function readBy<T>(read: (value: unknown) => T, readJson: (path: string) => unknown): z.ZodType<T> {
  return z.unknown().transform((value, context) => {
    try {
      return read(typeof value === 'string' ? readJson(value) : value);
    } catch (error) {
      context.addIssue({ code: 'custom', message: messageOf(error) });
      return z.NEVER;
    }
  });
}

function cityFile(readJson: (path: string) => unknown) {
  return z.strictObject({
    name: z.string().regex(cityNamePattern, {
      error: ({ input }) =>
        `found ${JSON.stringify(input)}; expected small letters, digits and "-", 63 at most`,
    }),
    version: z.int().positive(),
    timeZone: z.string().refine(isTimeZone, {
      error: ({ input }) =>
        `${JSON.stringify(input)} is no time zone; expected an IANA name such as "Asia/Seoul"`,
    }),
    area: readBy(areaOf, readJson),
    cellSizeM: z.number().min(cellSizeLimitsM.least).max(cellSizeLimitsM.most),
    squareAtLatitude: z.number().min(-80).max(80).optional(),
    roads: readBy(roadsOf, readJson).optional(),
    visited: z
      .strictObject({ minVisits: z.int().positive(), minVehicles: z.int().positive() })
      .default(defaultVisits),
    data: z.strictObject({
      kind: z.enum(['fleet', 'fixes']),
      source: z.string().min(1),
      terms: z.string().optional(),
    }),
  });
}

/**
 * Reads a city from the parsed JSON of its file.
 *
 * @param readJson gives the parsed JSON of a file that `area` or `roads` names
 * @throws {CityError} INVALID_CITY with all that is wrong
 *
 * @example
 * parseCity(
 *   {
 *     name: 'san-francisco',
 *     version: 1,
 *     timeZone: 'America/Los_Angeles',
 *     area: { south: 37.59, west: -122.53, north: 37.835, east: -122.35 },
 *     cellSizeM: 500,
 *     data: { kind: 'fixes', source: 'Piorkowski et al., COMSNETS 2009' },
 *   },
 *   () => undefined,
 * );
 */
export function parseCity(json: unknown, readJson: (path: string) => unknown): City {
  const parsed = cityFile(readJson).safeParse(json);
  if (!parsed.success) {
    throw new CityError(
      `this city file can't be used: ${z.prettifyError(parsed.error)}\nExpected what cities/san-francisco.json looks like; docs/training.md explains each field.`,
      parsed.error,
    );
  }
  const { squareAtLatitude, roads = null, ...city } = parsed.data;
  const { south, north } = city.area.bounds;
  return { ...city, roads, squareAtLatitude: squareAtLatitude ?? (south + north) / 2 };
}
