import { parseIsoTimeMs } from './time.js';

/**
 * One reported position of one vehicle, in WGS84 degrees.
 * It is the logical value of the `GeoFix` Avro record (`schemas/geo-fix.v1.avsc`).
 */
export interface GeoFix {
  readonly vehicleId: string;
  /** When the vehicle was there: epoch milliseconds, UTC. */
  readonly eventTimeMs: number;
  /** Degrees north, −90 … 90. */
  readonly latitude: number;
  /** Degrees east, −180 … 180. */
  readonly longitude: number;
  /** Metres per second. */
  readonly speedMps?: number;
  /** Degrees clockwise from north, 0 … 360. */
  readonly bearingDeg?: number;
  /** Radius in metres within which the position lies. */
  readonly accuracyM?: number;
  /** The feed that the fix came from. */
  readonly source?: string;
}

/** The most bytes (UTF-8) that a vehicle id may have. */
export const maxVehicleIdBytes = 256;

/** What is wrong with a value that should have been a {@link GeoFix}. */
export type FixErrorCode = 'INVALID_FIX' | 'COORDINATES_OUT_OF_RANGE' | 'VEHICLE_ID_TOO_LONG';

/** A valid fix, or the reason why a value is none. */
export type FixCheck =
  | { readonly ok: true; readonly fix: GeoFix }
  | { readonly ok: false; readonly code: FixErrorCode; readonly message: string };

/** Stops a check; {@link checkFix} turns it into its answer, so it never leaves this file. */
class FixProblem extends Error {
  readonly code: FixErrorCode;

  constructor(code: FixErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Makes a {@link GeoFix} of a value from outside: the fields of a decoded record or of a JSON
 * object. Fields may have the names of the Avro record (`eventTime`, `speed`, `bearing`,
 * `accuracy`) or those of {@link GeoFix}. `eventTime` is epoch milliseconds or an ISO 8601 date
 * and time. An optional field that is `null` is left out; unknown fields are ignored.
 */
export function checkFix(value: unknown): FixCheck {
  try {
    return { ok: true, fix: toFix(value) };
  } catch (problem) {
    if (!(problem instanceof FixProblem)) throw problem;
    return { ok: false, code: problem.code, message: problem.message };
  }
}

function toFix(value: unknown): GeoFix {
  if (!isFields(value)) {
    throw new FixProblem(
      'INVALID_FIX',
      `expected an object with the fields of a GeoFix, found ${shown(value)}`,
    );
  }
  const speedMps = optionalNumber(value, 'speed', 'speedMps', 0, Number.MAX_VALUE);
  const bearingDeg = optionalNumber(value, 'bearing', 'bearingDeg', 0, 360);
  const accuracyM = optionalNumber(value, 'accuracy', 'accuracyM', 0, Number.MAX_VALUE);
  const source = optionalText(value.source);
  return {
    vehicleId: vehicleId(value.vehicleId),
    eventTimeMs: eventTimeMs(value.eventTimeMs ?? value.eventTime),
    latitude: coordinate(value.latitude, 'latitude', 90),
    longitude: coordinate(value.longitude, 'longitude', 180),
    ...(speedMps !== undefined && { speedMps }),
    ...(bearingDeg !== undefined && { bearingDeg }),
    ...(accuracyM !== undefined && { accuracyM }),
    ...(source !== undefined && { source }),
  };
}

function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function vehicleId(value: unknown): string {
  if (typeof value !== 'string' || value === '') {
    throw new FixProblem(
      'INVALID_FIX',
      `vehicleId must be a text that is not empty, found ${shown(value)}`,
    );
  }
  // A UTF-16 unit has at most 3 bytes in UTF-8, and at least 1: most ids need no counting.
  if (value.length * 3 > maxVehicleIdBytes) {
    const bytes = new TextEncoder().encode(value).length;
    if (bytes > maxVehicleIdBytes) {
      throw new FixProblem(
        'VEHICLE_ID_TOO_LONG',
        `vehicleId has ${bytes} bytes, at most ${maxVehicleIdBytes} are taken; it begins with ${shown(value)}`,
      );
    }
  }
  return value;
}

function eventTimeMs(value: unknown): number {
  const timeMs = typeof value === 'string' ? parseIsoTimeMs(value) : value;
  if (typeof timeMs !== 'number' || !Number.isSafeInteger(timeMs) || timeMs <= 0) {
    throw new FixProblem(
      'INVALID_FIX',
      `eventTime must be epoch milliseconds (an integer over 0) or an ISO 8601 date and time, found ${shown(value)}`,
    );
  }
  return timeMs;
}

function coordinate(value: unknown, name: string, limitDeg: number): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new FixProblem(
      'INVALID_FIX',
      `${name} must be a number of degrees, found ${shown(value)}`,
    );
  }
  if (Math.abs(value) > limitDeg) {
    throw new FixProblem(
      'COORDINATES_OUT_OF_RANGE',
      `${name} must be from -${limitDeg} to ${limitDeg} degrees, found ${value}`,
    );
  }
  return value;
}

function optionalNumber(
  fields: Record<string, unknown>,
  recordName: string,
  fixName: string,
  least: number,
  most: number,
): number | undefined {
  const value = fields[fixName] ?? fields[recordName] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !(value >= least && value <= most)) {
    const range = most === Number.MAX_VALUE ? `of ${least} or more` : `from ${least} to ${most}`;
    throw new FixProblem(
      'INVALID_FIX',
      `${recordName} must be a number ${range}, or be left out if unknown, found ${shown(value)}`,
    );
  }
  return value;
}

function optionalText(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') {
    throw new FixProblem('INVALID_FIX', `source must be a text, found ${shown(value)}`);
  }
  return value;
}

/** A value as a message shows it: short, whatever its length. */
function shown(value: unknown): string {
  const text =
    typeof value === 'object' && value !== null
      ? Array.isArray(value)
        ? 'an array'
        : 'an object'
      : typeof value === 'string'
        ? JSON.stringify(value.slice(0, 60))
        : String(value);
  return text.slice(0, 80);
}
