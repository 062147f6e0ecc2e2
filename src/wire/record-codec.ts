import { WireError } from './errors.js';
import { frameOf } from './framing.js';
import { knownSchemas, newestSchema } from './schema-set.js';
import type { SchemaSet } from './schema-set.js';
import type { PartsSplit, WireSchema } from './wire-schema.js';

/** Where a reader looks for the schema that a record was written with. */
export interface DecodeOptions {
  /** By fingerprint. {@link knownSchemas} if not given. */
  readonly schemas?: SchemaSet;
  /** By a schema registry's id; such records are refused if not given. */
  readonly schemaOfId?: (schemaId: number) => WireSchema | undefined;
}

/** How values of a kind are laid out in Avro. */
export interface RecordLayout<Value, Body extends object> {
  /** Name of the schema files, such as `geo-fix`. */
  readonly schema: string;
  readonly toBody: (value: Value) => Body;
  /** What the bytes of the newest schema give, whichever version they were written with. */
  readonly fromBody: (body: Body) => Value;
  /** Expected bytes of a body. */
  readonly sizeHintBytes: (body: Body) => number;
}

/** Writes records with the newest version of their schema, and reads any version that is known. */
export class RecordCodec<Value, Body extends object> {
  readonly #layout: RecordLayout<Value, Body>;
  readonly #schema: WireSchema;

  constructor(layout: RecordLayout<Value, Body>) {
    this.#layout = layout;
    this.#schema = newestSchema(layout.schema);
  }

  /**
   * Avro single-object encoding of a value.
   *
   * @throws {WireError} INVALID_RECORD
   */
  encode(value: Value): Buffer {
    const body = this.#layout.toBody(value);
    return this.#schema.encode(body, this.#layout.sizeHintBytes(body));
  }

  /**
   * The same bytes in parts, to be written one behind the other.
   *
   * @param split which bytes become parts of their own: see {@link WireSchema.encodeParts}
   * @throws {WireError} INVALID_RECORD
   */
  encodeParts(value: Value, split: PartsSplit): Buffer[] {
    return this.#schema.encodeParts(this.#layout.toBody(value), split);
  }

  /**
   * The value of a record in single-object encoding or a schema registry's framing.
   *
   * @throws {WireError} UNKNOWN_FORMAT, UNKNOWN_FINGERPRINT, WRONG_SCHEMA, INVALID_RECORD
   */
  decode(bytes: Uint8Array, options: DecodeOptions = {}): Value {
    const buffer = asBuffer(bytes);
    const { writer, bodyStart } = writerOf(buffer, options);
    // A body that the schema's own reader made has the layout's shape: that is what a schema says.
    const body = writer.decode(buffer, bodyStart, this.#schema) as Body;
    return this.#layout.fromBody(body);
  }
}

/** The same bytes as a Buffer; nothing is copied. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function writerOf(
  bytes: Buffer,
  options: DecodeOptions,
): { readonly writer: WireSchema; readonly bodyStart: number } {
  const frame = frameOf(bytes);
  if (frame.kind === 'json') {
    throw new WireError('UNKNOWN_FORMAT', 'The record looks like JSON: expected Avro.');
  }
  const writer =
    frame.kind === 'singleObject'
      ? (options.schemas ?? knownSchemas).get(frame.fingerprint)
      : options.schemaOfId?.(frame.schemaId);
  if (writer !== undefined) return { writer, bodyStart: frame.bodyStart };
  throw new WireError(
    'UNKNOWN_FINGERPRINT',
    frame.kind === 'singleObject'
      ? `No schema with fingerprint ${frame.fingerprint} is known: publish the writer's schema, or update this program.`
      : `No schema with registry id ${frame.schemaId} is known: configure the schema registry that gave the id.`,
  );
}
