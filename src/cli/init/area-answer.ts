import { ConfigError } from '../../errors.js';
import { areaOf } from '../../geo/area.js';
import { metresPerDegree, metresPerDegreeOfLongitude } from '../../geo/distance.js';
import { normalLongitude } from '../../geo/longitude.js';
import { awayFromSunDeg } from '../../geo/time-zone.js';
import { readJsonFile } from '../city-file.js';
import type { Area } from '../../geo/area.js';

/** An area, and how a city file says it. */
export interface AreaAnswer {
  readonly area: Area;
  /** A box in degrees, or the path of a file with polygons, from the working directory. */
  readonly source: GivenBox | string;
}

interface GivenBox {
  readonly south: number;
  readonly west: number;
  readonly north: number;
  readonly east: number;
}

/** Degrees from the sun's meridian that no time zone goes beyond, and that few do. */
const [farthestFromSunDeg, farFromSunDeg] = [50, 25];
/** So much nearer to it a place must be with its coordinates swapped to be taken for that. */
const clearlyNearerDeg = 15;

/**
 * Reads a box as GeoJSON orders it: west, south, east, north.
 * @throws {ConfigError} where it is none
 * @throws {AreaError} INVALID_AREA where no grid can be laid over it
 */
export function readBox(text: string): AreaAnswer {
  const numbers = text.split(/[\s,;]+/).filter((part) => part !== '');
  const [west = NaN, south = NaN, east = NaN, north = NaN] = numbers.map(Number);
  if (numbers.length !== 4 || ![west, south, east, north].every((one) => Number.isFinite(one))) {
    throw new ConfigError(
      `expected four numbers of degrees, west,south,east,north, such as 127.25,36.19,127.53,36.49; found "${text}"`,
    );
  }
  const source = { south, west, north, east };
  return { area: areaOf(source), source };
}

/**
 * Reads the polygons of a GeoJSON file.
 * @throws {PipelineError} where it can't be read, or no grid can be laid over them
 */
export function readPolygonFile(path: string): AreaAnswer {
  if (path === '') throw new ConfigError('give a box, or the path of a GeoJSON file');
  return { area: areaOf(readJsonFile(path)), source: path };
}

/** Reads either: what looks like numbers is a box. */
export function readBoxOrFile(text: string): AreaAnswer {
  return /^[-+\d.,;\s]+$/.test(text) ? readBox(text) : readPolygonFile(text);
}

/** The middle of an area's bounds, in degrees. */
export function middleOf({ bounds }: Area): { latitude: number; longitude: number } {
  return {
    latitude: (bounds.south + bounds.north) / 2,
    longitude: normalLongitude((bounds.west + bounds.east) / 2),
  };
}

/** Where an area is and how large, for a person to see whether it is the right one. */
export function describeArea(area: Area): string {
  const { south, west, north, east } = area.bounds;
  const { latitude } = middleOf(area);
  const eastWestKm = ((east - west) * metresPerDegreeOfLongitude(latitude)) / 1000;
  const northSouthKm = ((north - south) * metresPerDegree) / 1000;
  const across = east > 180 ? ', across the antimeridian' : '';
  return (
    `${degrees(south, 'SN')} to ${degrees(north, 'SN')}, ` +
    `${degrees(normalLongitude(west), 'WE')} to ${degrees(normalLongitude(east), 'WE')}: ` +
    `${kilometres(eastWestKm)} × ${kilometres(northSouthKm)} km${across}`
  );
}

/** @param sides letters for below 0 and for 0 and more */
function degrees(value: number, sides: 'SN' | 'WE'): string {
  return `${Math.abs(value).toFixed(3)}° ${sides.charAt(value < 0 ? 0 : 1)}`;
}

function kilometres(km: number): string {
  return km < 9.95 ? km.toFixed(1) : km.toFixed(0);
}

/** Why time zone and area hardly go together, in a sentence; null where they do. */
export function zoneDoubt(area: Area, timeZone: string): string | null {
  const { latitude, longitude } = middleOf(area);
  const away = awayFromSunDeg(timeZone, longitude);
  const awayIfSwapped = Math.abs(longitude) > 90 ? Infinity : awayFromSunDeg(timeZone, latitude);
  const isSwapped = away > farFromSunDeg && awayIfSwapped < away - clearlyNearerDeg;
  if (!isSwapped && away <= farthestFromSunDeg) return null;
  const where = `The area is around ${degrees(latitude, 'SN')}, ${degrees(longitude, 'WE')}, and there ${timeZone} is ${(away / 15).toFixed(1)} hours off the sun.`;
  return isSwapped
    ? `${where} Are latitude and longitude swapped? Longitude comes first.`
    : `${where} Is it the right time zone?`;
}
