import { WireError } from './errors.js';

/** How a record's bytes say what they are. */
export type Frame =
  /** Avro single-object encoding. */
  | { readonly kind: 'singleObject'; readonly fingerprint: string; readonly bodyStart: number }
  /** A schema registry's framing. */
  | { readonly kind: 'confluent'; readonly schemaId: number; readonly bodyStart: number }
  /** The beginning of a JSON text. */
  | { readonly kind: 'json' };

const singleObjectMarker = 0xc301;
const singleObjectHeaderBytes = 10;
const confluentHeaderBytes = 5;
/** `{`, and the white space that JSON allows before it. */
const jsonStarts = new Set([0x7b, 0x20, 0x09, 0x0a, 0x0d]);

/**
 * The ten bytes before the body: `C3 01` and the fingerprint, little-endian.
 *
 * @see https://avro.apache.org/docs/1.11.1/specification/#single-object-encoding
 */
export function singleObjectHeader(fingerprint: bigint): Buffer {
  const header = Buffer.alloc(singleObjectHeaderBytes);
  header.writeUInt16BE(singleObjectMarker);
  header.writeBigUInt64LE(fingerprint, 2);
  return header;
}

/**
 * Tells by the first bytes how a record is framed.
 *
 * @throws {WireError} UNKNOWN_FORMAT
 */
export function frameOf(bytes: Buffer): Frame {
  const first = bytes[0];
  if (bytes.length >= singleObjectHeaderBytes && bytes.readUInt16BE() === singleObjectMarker) {
    const fingerprint = bytes.readBigUInt64LE(2).toString(16).padStart(16, '0');
    return { kind: 'singleObject', fingerprint, bodyStart: singleObjectHeaderBytes };
  }
  if (first === 0 && bytes.length >= confluentHeaderBytes) {
    return {
      kind: 'confluent',
      schemaId: bytes.readUInt32BE(1),
      bodyStart: confluentHeaderBytes,
    };
  }
  if (first !== undefined && jsonStarts.has(first)) return { kind: 'json' };
  const found =
    first === undefined
      ? 'The record is empty'
      : `${bytes.length} bytes that begin with ${bytes.toString('hex', 0, 10)} are no known record`;
  throw new WireError(
    'UNKNOWN_FORMAT',
    `${found}: expected a JSON object, Avro in single-object encoding (c301…), or Avro in a schema registry's framing (00…).`,
  );
}

/**
 * The same record in a schema registry's framing: `00`, the id in four big-endian bytes, the body.
 *
 * @param record A record in single-object encoding, as every `encode…` function gives it.
 * @param schemaId The id under which the registry knows the record's schema.
 * @throws {WireError} UNKNOWN_FORMAT if the record is not in single-object encoding
 * @see https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#wire-format
 */
export function toConfluentFraming(record: Buffer, schemaId: number): Buffer {
  const frame = frameOf(record);
  if (frame.kind !== 'singleObject') {
    throw new WireError('UNKNOWN_FORMAT', `The record to be framed anew is ${frame.kind}.`, {
      disposition: 'fatal',
    });
  }
  const body = record.subarray(frame.bodyStart);
  const framed = Buffer.allocUnsafe(confluentHeaderBytes + body.length);
  framed.writeUInt8(0);
  framed.writeUInt32BE(schemaId, 1);
  body.copy(framed, confluentHeaderBytes);
  return framed;
}
