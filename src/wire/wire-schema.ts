import avsc from 'avsc';
import { messageOf } from '../errors.js';
import { canonicalSchema } from './canonical-schema.js';
import { crc64Avro } from './crc64-avro.js';
import { WireError } from './errors.js';
import { singleObjectHeader } from './framing.js';
import { structureCheck } from './structure.js';
import type { StructureCheck } from './structure.js';

type AvroType = avsc.Type;
type Resolver = ReturnType<AvroType['createResolver']>;

/** One Avro record schema that records may have been written with. */
export class WireSchema {
  /** Full name of the record, such as `stagecoach.GeoFix`. */
  readonly fullName: string;
  /** CRC-64-AVRO of the canonical form: 16 hexadecimal digits, most significant first. */
  readonly fingerprint: string;
  /** The parsing canonical form. */
  readonly canonicalForm: string;
  /** The whole schema as JSON text, with defaults and documentation. */
  readonly json: string;

  readonly #header: Buffer;
  readonly #type: AvroType;
  readonly #check: StructureCheck;
  /** By reader. A schema that can't be resolved to a reader is kept as the error that says why. */
  readonly #resolvers = new Map<WireSchema, Resolver | WireError>();

  /**
   * @param schema The schema as parsed JSON; a record.
   * @throws {WireError} INVALID_SCHEMA
   */
  constructor(schema: unknown) {
    const canonical = canonicalSchema(schema);
    if (typeof canonical === 'string' || !('type' in canonical) || canonical.type !== 'record') {
      throw new WireError('INVALID_SCHEMA', 'The schema of a record must be an Avro record.', {
        disposition: 'fatal',
      });
    }
    this.fullName = canonical.name;
    this.json = JSON.stringify(schema);
    this.canonicalForm = JSON.stringify(canonical);
    const fingerprint = crc64Avro(Buffer.from(this.canonicalForm));
    this.fingerprint = fingerprint.toString(16).padStart(16, '0');
    this.#header = singleObjectHeader(fingerprint);
    this.#check = structureCheck(canonical);
    this.#type = avroType(this.json);
  }

  /** Name of the record without its namespace. */
  get name(): string {
    return this.fullName.slice(this.fullName.lastIndexOf('.') + 1);
  }

  /**
   * Avro single-object encoding of a value.
   *
   * @param sizeHintBytes Expected length of the body; a value that is longer is encoded twice.
   * @throws {WireError} INVALID_RECORD if the value is not of the schema
   */
  encode(value: unknown, sizeHintBytes: number): Buffer {
    const start = this.#header.length;
    let record = Buffer.allocUnsafe(start + sizeHintBytes);
    try {
      let end = this.#type.encode(value, record, start);
      if (end < 0) {
        record = Buffer.allocUnsafe(record.length - end);
        end = this.#type.encode(value, record, start);
      }
      this.#header.copy(record);
      return record.subarray(0, end);
    } catch (cause) {
      throw new WireError('INVALID_RECORD', this.#misfit(value) ?? messageOf(cause), {
        disposition: 'fatal',
        cause,
      });
    }
  }

  /**
   * The bytes that `encode` gives, in parts: the bytes field of each element of the list is a part of
   * its own, not copied. The list has to be the last field of the record, and the bytes the last of
   * its elements.
   *
   * @throws {WireError} INVALID_RECORD if the value is not of the schema
   */
  encodeParts(value: object, { list, bytes }: PartsSplit): Buffer[] {
    const elements = Reflect.get(value, list) as object[];
    const head = this.encode({ ...value, [list]: [] }, headHintBytes);
    if (elements.length === 0) return [head];
    const elementType = this.#elementType(list);
    const parts: Buffer[] = [];
    // Each list ends with a 0, and an element without bytes with their number, a 0 too.
    let before = Buffer.concat([head.subarray(0, -1), avroLong.toBuffer(elements.length)]);
    for (const element of elements) {
      const own = Reflect.get(element, bytes) as Buffer;
      const rest = this.#toBuffer(elementType, { ...element, [bytes]: noBytes }).subarray(0, -1);
      parts.push(Buffer.concat([before, rest, avroLong.toBuffer(own.length)]), own);
      before = noBytes;
    }
    return [...parts, listEnd];
  }

  #elementType(list: string): AvroType {
    // avsc's own types say no more of a type than that it is one.
    const record = this.#type as unknown as {
      field(name: string): { type: { itemsType: AvroType } };
    };
    return record.field(list).type.itemsType;
  }

  #toBuffer(type: AvroType, value: unknown): Buffer {
    try {
      return type.toBuffer(value);
    } catch (cause) {
      throw new WireError('INVALID_RECORD', this.#misfit(value) ?? messageOf(cause), {
        disposition: 'fatal',
        cause,
      });
    }
  }

  /**
   * Reads a body that was written with this schema as a value of the reader's schema.
   *
   * @param start Where the body begins; it ends with the bytes.
   * @throws {WireError} INVALID_RECORD, WRONG_SCHEMA
   */
  decode(bytes: Buffer, start: number, reader: WireSchema): unknown {
    const resolver = this.#resolverFor(reader);
    try {
      const end = this.#check(bytes, start);
      if (end !== bytes.length) {
        throw new WireError(
          'INVALID_RECORD',
          `${bytes.length - end} bytes follow the end of the ${this.fullName}.`,
        );
      }
      const decoded: { value: unknown } = reader.#type.decode(bytes, start, resolver);
      return decoded.value;
    } catch (cause) {
      if (cause instanceof WireError) throw cause;
      throw new WireError(
        'INVALID_RECORD',
        `The body can't be read as ${this.fullName}: ${decoderMessage(cause)}.`,
        { cause },
      );
    }
  }

  #resolverFor(reader: WireSchema): Resolver | undefined {
    if (reader.fingerprint === this.fingerprint) return undefined;
    let resolver = this.#resolvers.get(reader);
    if (resolver === undefined) {
      resolver = this.#resolve(reader);
      this.#resolvers.set(reader, resolver);
    }
    if (resolver instanceof WireError) throw resolver;
    return resolver;
  }

  #resolve(reader: WireSchema): Resolver | WireError {
    if (reader.name !== this.name) {
      return new WireError(
        'WRONG_SCHEMA',
        `Found a ${this.fullName} (fingerprint ${this.fingerprint}) where a ${reader.fullName} is expected.`,
      );
    }
    try {
      return reader.#type.createResolver(this.#type, { ignoreNamespaces: true });
    } catch (cause) {
      return new WireError(
        'WRONG_SCHEMA',
        `${this.fullName} with fingerprint ${this.fingerprint} can't be read as ${reader.fingerprint}: ${messageOf(cause)}.`,
        { cause },
      );
    }
  }

  #misfit(value: unknown): string | undefined {
    let found: string | undefined;
    this.#type.isValid(value, {
      errorHook: (path, part, type) => {
        found ??= `${this.name}.${path.join('.')} must be ${wanted[type.typeName] ?? type.typeName}, not ${shown(part)}.`;
      },
    });
    return found;
  }
}

/** Which bytes of a record {@link WireSchema.encodeParts} does not copy. */
export interface PartsSplit {
  /** Name of the record's last field, a list of records. */
  readonly list: string;
  /** Name of their last field, of Avro's type bytes. */
  readonly bytes: string;
}

/** Of a record of 64 items, without its tensors. */
const headHintBytes = 6_144;
const avroLong = avsc.Type.forSchema('long');
const noBytes = Buffer.alloc(0);
const listEnd = Buffer.from([0]);

/** What avsc reads with. */
interface Tap {
  readonly buf: Buffer;
  readonly pos: number;
  readLong(): number;
  skipFixed(bytes: number): void;
}

/** Bytes that are read without a copy: a view of the record. Its structure was checked before. */
class BytesInRecord extends avsc.types.BytesType {
  protected _read(tap: Tap): Buffer {
    const bytes = tap.readLong();
    const start = tap.pos;
    tap.skipFixed(bytes);
    return tap.buf.subarray(start, start + bytes);
  }
}

function avroType(json: string): AvroType {
  try {
    const schema = JSON.parse(json) as Parameters<typeof avsc.Type.forSchema>[0];
    return avsc.Type.forSchema(schema, {
      wrapUnions: 'never',
      omitRecordMethods: true,
      typeHook: (part) => (part === 'bytes' ? new BytesInRecord() : undefined),
    });
  } catch (cause) {
    throw new WireError('INVALID_SCHEMA', `Not an Avro schema: ${messageOf(cause)}.`, {
      disposition: 'fatal',
      cause,
    });
  }
}

/** What a value must be, where Avro's name of the type does not say it all. */
const wanted: Readonly<Record<string, string>> = {
  int: 'a 32-bit integer',
  long: 'an integer below 2^53',
  'union:unwrapped': 'null or its type',
};

/** The decoder's own words for a long that a JavaScript number can't hold are hard to understand. */
function decoderMessage(cause: unknown): string {
  const message = messageOf(cause);
  return message === 'potential precision loss' ? 'a number is beyond 2^53' : message;
}

function shown(value: unknown): string {
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value).slice(0, 100);
}
