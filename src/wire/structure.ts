import { isUtf8 } from 'node:buffer';
import { WireError } from './errors.js';
import type { CanonicalSchema } from './canonical-schema.js';

/**
 * Walks over the Avro encoding of a value and gives the position behind it.
 *
 * @throws {WireError} INVALID_RECORD if the bytes are no value of the schema
 */
export type StructureCheck = (bytes: Uint8Array, start: number) => number;

type Walk = (cursor: Cursor) => void;

/**
 * Makes the check that bytes are the Avro encoding of a value of a schema: lengths and counts lie
 * within the bytes, indices in their ranges, text is UTF-8. The decoder behind it trusts counts,
 * and would run through a hostile one for minutes.
 */
export function structureCheck(schema: CanonicalSchema): StructureCheck {
  const walk = walkOf(schema, new Map());
  return (bytes, start) => {
    const cursor = new Cursor(bytes, start);
    walk(cursor);
    return cursor.position;
  };
}

function walkOf(schema: CanonicalSchema, named: Map<string, Walk>): Walk {
  if (typeof schema === 'string') {
    const primitive = primitiveWalks[schema];
    // By name at the time of the walk: a recursive type is not yet complete here.
    return primitive ?? ((cursor) => named.get(schema)?.(cursor));
  }
  if (isUnion(schema)) return unionWalk(schema.map((branch) => walkOf(branch, named)));
  switch (schema.type) {
    case 'record': {
      const fields = schema.fields.map((field) => walkOf(field.type, named));
      const walk: Walk = (cursor) => {
        for (const field of fields) field(cursor);
      };
      named.set(schema.name, walk);
      return walk;
    }
    case 'enum': {
      const { length } = schema.symbols;
      const walk: Walk = (cursor) => void cursor.index(length);
      named.set(schema.name, walk);
      return walk;
    }
    case 'fixed': {
      const { size } = schema;
      const walk: Walk = (cursor) => cursor.skip(size);
      named.set(schema.name, walk);
      return walk;
    }
    case 'array':
      return blocksWalk(walkOf(schema.items, named));
    case 'map': {
      const values = walkOf(schema.values, named);
      return blocksWalk((cursor) => {
        cursor.text();
        values(cursor);
      });
    }
  }
}

function isUnion(schema: CanonicalSchema): schema is readonly CanonicalSchema[] {
  return Array.isArray(schema);
}

function unionWalk(branches: readonly Walk[]): Walk {
  return (cursor) => branches[cursor.index(branches.length)]?.(cursor);
}

function blocksWalk(element: Walk): Walk {
  return (cursor) => {
    for (;;) {
      let count = cursor.varint(10);
      if (count === 0) return;
      if (count < 0) {
        count = -count;
        cursor.varint(10);
      }
      // Elements take at least a byte each: an element without any is of no use to anybody.
      if (count > cursor.left) throw cursor.invalid(`${count} elements announced`);
      for (let i = 0; i < count; i++) element(cursor);
    }
  };
}

const primitiveWalks: Readonly<Record<string, Walk>> = {
  null: () => undefined,
  boolean: (cursor) => cursor.flag(),
  int: (cursor) => {
    const value = cursor.varint(5);
    if (value !== (value | 0)) throw cursor.invalid(`int ${value} beyond 32 bits`);
  },
  long: (cursor) => void cursor.varint(10),
  float: (cursor) => cursor.skip(4),
  double: (cursor) => cursor.skip(8),
  bytes: (cursor) => cursor.skip(cursor.varint(10)),
  string: (cursor) => cursor.text(),
};

class Cursor {
  position: number;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, start: number) {
    this.#bytes = bytes;
    this.position = start;
  }

  get left(): number {
    return this.#bytes.length - this.position;
  }

  /** A zigzag number; beyond 2^53 only roughly. */
  varint(maxBytes: number): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < maxBytes; i++) {
      const byte = this.#bytes[this.position++];
      if (byte === undefined) throw this.invalid('the record ends within a number');
      value += (byte & 0x7f) * scale;
      scale *= 128;
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
    throw this.invalid(`a number of more than ${maxBytes} bytes`);
  }

  index(length: number): number {
    const index = this.varint(5);
    if (index < 0 || index >= length) throw this.invalid(`index ${index} of ${length}`);
    return index;
  }

  flag(): void {
    const byte = this.#bytes[this.position++];
    if (byte === undefined || byte > 1) throw this.invalid('a boolean that is neither 0 nor 1');
  }

  skip(bytes: number): void {
    if (bytes < 0 || bytes > this.left) {
      throw this.invalid(`${bytes} bytes announced, ${this.left} left`);
    }
    this.position += bytes;
  }

  text(): void {
    const length = this.varint(10);
    const start = this.position;
    this.skip(length);
    for (let i = start; i < this.position; i++) {
      if ((this.#bytes[i] ?? 0) < 0x80) continue;
      // Only text that is not plain ASCII is worth a call into native code.
      if (!isUtf8(this.#bytes.subarray(i, this.position))) throw this.invalid('text is not UTF-8');
      return;
    }
  }

  invalid(found: string): WireError {
    return new WireError(
      'INVALID_RECORD',
      `The body is not of its schema: ${found}, at byte ${this.position} of ${this.#bytes.length}.`,
    );
  }
}
