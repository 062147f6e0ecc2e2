/**
 * Writes the wire format of protocol buffers: a message is the bytes of its fields, one after the
 * other.
 * @see https://protobuf.dev/programming-guides/encoding/
 */
const wireTypes = { varint: 0, bytes: 2, fixed32: 5 };

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest >= 128n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  return Buffer.from([...bytes, Number(rest)]);
}

const tag = (field: number, type: keyof typeof wireTypes): Buffer =>
  varint((field << 3) | wireTypes[type]);

/** A whole number, negative ones included, or an enumeration's. */
export function integerField(field: number, value: number): Buffer {
  return Buffer.concat([tag(field, 'varint'), varint(value)]);
}

/** A single-precision number. */
export function floatField(field: number, value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return Buffer.concat([tag(field, 'fixed32'), bytes]);
}

/** Text, bytes, or a message that was written with these functions. */
export function bytesField(field: number, value: string | Uint8Array): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
  return Buffer.concat([tag(field, 'bytes'), varint(bytes.byteLength), bytes]);
}
