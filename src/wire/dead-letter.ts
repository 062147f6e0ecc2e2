import { RecordCodec } from './record-codec.js';
import type { DecodeOptions } from './record-codec.js';

/** Something that could not be processed: what it was, where it was, and why. */
export interface DeadLetter {
  /** The topic that it was read from. */
  readonly topic: string;
  readonly lane: number;
  readonly offset: number;
  /** Offset of the item's fix in the fixes topic, if only that item of the record failed. */
  readonly item: number | null;
  /** Stable error code. */
  readonly code: string;
  readonly message: string;
  /** When it failed: epoch milliseconds, UTC. */
  readonly timeMs: number;
  readonly key: Buffer | null;
  /** The record's original bytes, or their beginning. */
  readonly value: Buffer | null;
  /** The record's original headers; of a name that came more than once, the last. */
  readonly headers: Readonly<Record<string, Buffer>>;
  /** Length of the original value in bytes, if `value` holds only its beginning. */
  readonly truncatedFromBytes: number | null;
}

interface DeadLetterBody {
  readonly topic: string;
  readonly lane: number;
  readonly offset: number;
  readonly item: number | null;
  readonly code: string;
  readonly message: string;
  readonly time: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly { readonly name: string; readonly value: Buffer | null }[];
  readonly truncatedFromBytes: number | null;
}

const codec = new RecordCodec<DeadLetter, DeadLetterBody>({
  schema: 'dead-letter',
  toBody: ({ timeMs, headers, ...same }) => ({
    ...same,
    time: timeMs,
    headers: Object.entries(headers).map(([name, value]) => ({ name, value })),
  }),
  fromBody: ({ time, headers, ...same }) => ({
    ...same,
    timeMs: time,
    headers: Object.fromEntries(headers.map(({ name, value }) => [name, value ?? Buffer.alloc(0)])),
  }),
  sizeHintBytes: ({ topic, code, message, key, value, headers }) => {
    let bytes = 96 + 3 * (topic.length + code.length + message.length);
    bytes += (key?.length ?? 0) + (value?.length ?? 0);
    for (const header of headers)
      bytes += 16 + 3 * header.name.length + (header.value?.length ?? 0);
    return bytes;
  },
});

/**
 * Avro single-object encoding of a dead letter.
 *
 * @throws {WireError} INVALID_RECORD
 */
export function encodeDeadLetter(letter: DeadLetter): Buffer {
  return codec.encode(letter);
}

/** @throws {WireError} UNKNOWN_FORMAT, UNKNOWN_FINGERPRINT, WRONG_SCHEMA, INVALID_RECORD */
export function decodeDeadLetter(bytes: Uint8Array, options?: DecodeOptions): DeadLetter {
  return codec.decode(bytes, options);
}

/**
 * The Kafka headers of a dead letter: where it was and why, for tools that read the dead letters of
 * Kafka Streams, and what those headers have no name for under `__stagecoach.errors.`.
 *
 * @see https://cwiki.apache.org/confluence/display/KAFKA/KIP-1034%3A+Dead+letter+queue+in+Kafka+Streams
 */
export function deadLetterHeaders(letter: DeadLetter): Record<string, string> {
  return {
    '__streams.errors.exception': `${letter.code}: ${letter.message}`,
    '__streams.errors.message': letter.message,
    '__streams.errors.topic': letter.topic,
    '__streams.errors.partition': String(letter.lane),
    '__streams.errors.offset': String(letter.offset),
    '__stagecoach.errors.code': letter.code,
    '__stagecoach.errors.time': String(letter.timeMs),
    ...(letter.item === null ? {} : { '__stagecoach.errors.item': String(letter.item) }),
  };
}
