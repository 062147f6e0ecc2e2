import { isUtf8 } from 'node:buffer';
import type { GeoFix } from '../geo/fix.js';
import { WireError } from './errors.js';
import { frameOf } from './framing.js';
import { asBuffer, RecordCodec } from './record-codec.js';
import type { DecodeOptions } from './record-codec.js';

/** The fields of a fix as they are named in Avro and in JSON. */
interface FixFields {
  readonly vehicleId: string;
  readonly eventTime: number;
  readonly latitude: number;
  readonly longitude: number;
  readonly speed: number | null;
  readonly bearing: number | null;
  readonly accuracy: number | null;
  readonly source: string | null;
}

const codec = new RecordCodec<FixFields, FixFields>({
  schema: 'geo-fix',
  toBody: (fields) => fields,
  fromBody: (fields) => ({ ...fields }),
  sizeHintBytes: ({ vehicleId, source }) => 64 + 3 * (vehicleId.length + (source?.length ?? 0)),
});

/**
 * Avro single-object encoding of a fix.
 *
 * @throws {WireError} INVALID_RECORD
 */
export function encodeGeoFix(fix: GeoFix): Buffer {
  return codec.encode({
    vehicleId: fix.vehicleId,
    eventTime: fix.eventTimeMs,
    latitude: fix.latitude,
    longitude: fix.longitude,
    speed: fix.speedMps ?? null,
    bearing: fix.bearingDeg ?? null,
    accuracy: fix.accuracyM ?? null,
    source: fix.source ?? null,
  });
}

/**
 * What a record of the fixes topic says: Avro in single-object encoding, Avro in a schema
 * registry's framing, or a JSON object, told apart by the first byte.
 *
 * The object has the names of the schema (`vehicleId`, `eventTime`, …) and nothing about it is
 * checked: anybody may write to that topic, so pass it to `checkFix`.
 *
 * @throws {WireError} UNKNOWN_FORMAT, UNKNOWN_FINGERPRINT, WRONG_SCHEMA, INVALID_RECORD
 */
export function decodeGeoFixRecord(bytes: Uint8Array, options: DecodeOptions = {}): unknown {
  const buffer = asBuffer(bytes);
  return frameOf(buffer).kind === 'json' ? parseJson(buffer) : codec.decode(buffer, options);
}

function parseJson(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new WireError('INVALID_RECORD', 'The JSON text is not UTF-8.');
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString());
  } catch (cause) {
    throw new WireError(
      'INVALID_RECORD',
      'The record begins like JSON but is none: expected one object with the fields of GeoFix.',
      { cause },
    );
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new WireError('INVALID_RECORD', 'The JSON text must be one object.');
}
