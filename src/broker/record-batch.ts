import { crc32c } from '@node-rs/crc32';
import { batchLayout as place, lengthEnds, magic } from './record-batch-layout.js';
import { valueBytes, type OutgoingRecord } from './lane-writer.js';

/** Under which name records are written. Of one producer id the broker takes the newest epoch only. */
export interface ProducerIdentity {
  /** An int64. */
  readonly producerId: string;
  /** An int16. */
  readonly producerEpoch: number;
}

/** Whose batch it is, and where it stands among theirs: the broker writes it once. */
export interface BatchOrigin extends ProducerIdentity {
  /** Of the first record: the number of records in the lane before it. */
  readonly sequence: number;
}

/** Of a producer that asks for nothing of that. */
const nobody: BatchOrigin = { producerId: '-1', producerEpoch: -1, sequence: -1 };

/** A field that is null has this length. */
const nullLength = -1;

/** Bytes of one header. */
type Header = readonly [name: Buffer, value: Buffer];

/** A record's fields as bytes, and how many bytes they make without the length before them. */
interface Prepared {
  readonly key: Buffer | null;
  /** One behind the other they are the value. */
  readonly value: readonly Buffer[];
  readonly valueBytes: number;
  readonly headers: readonly Header[];
  readonly bodyBytes: number;
}

/**
 * A record batch of version 2, uncompressed, that is written into a buffer without another copy of
 * the values.
 *
 * @see https://kafka.apache.org/documentation/#recordbatch
 */
export class RecordBatch {
  /** Bytes of the whole batch. */
  readonly byteLength: number;
  readonly #records: readonly Prepared[];
  readonly #origin: BatchOrigin;

  constructor(records: readonly OutgoingRecord[], origin: BatchOrigin = nobody) {
    this.#origin = origin;
    this.#records = records.map(prepare);
    this.byteLength = this.#records.reduce<number>(
      (sum, { bodyBytes }) => sum + varintBytes(bodyBytes) + bodyBytes,
      place.firstRecord,
    );
  }

  /** @param at where the batch begins in `target` */
  writeTo(target: Buffer, at: number, nowMs: number): void {
    let end = at + place.firstRecord;
    for (let index = 0; index < this.#records.length; index += 1) {
      const record = this.#records[index];
      if (record !== undefined) end = writeRecord(target, end, index, record);
    }
    const { producerId, producerEpoch, sequence } = this.#origin;
    target.writeBigInt64BE(0n, at);
    target.writeInt32BE(end - at - lengthEnds, at + place.length);
    target.writeInt32BE(-1, at + place.partitionLeaderEpoch);
    target.writeInt8(magic, at + place.magic);
    target.writeInt16BE(0, at + place.attributes);
    target.writeInt32BE(this.#records.length - 1, at + place.lastOffsetDelta);
    target.writeBigInt64BE(BigInt(nowMs), at + place.firstTimestamp);
    target.writeBigInt64BE(BigInt(nowMs), at + place.maxTimestamp);
    target.writeBigInt64BE(BigInt(producerId), at + place.producerId);
    target.writeInt16BE(producerEpoch, at + place.producerEpoch);
    target.writeInt32BE(sequence, at + place.firstSequence);
    target.writeInt32BE(this.#records.length, at + place.recordCount);
    target.writeUInt32BE(crc32c(target.subarray(at + place.attributes, end)), at + place.crc);
  }
}

function prepare(record: OutgoingRecord, index: number): Prepared {
  const { key, headers, tail = [] } = record;
  const value = [record.value, ...tail];
  const bytes = valueBytes(record);
  const keyBytes = typeof key === 'string' ? Buffer.from(key) : key;
  const headerList = Object.entries(headers ?? {}).map(([name, text]): Header => [
    Buffer.from(name),
    Buffer.from(text),
  ]);
  // Attributes and the timestamp's delta, which is 0, take a byte each.
  let bodyBytes = 2 + varintBytes(index) + fieldBytes(keyBytes) + varintBytes(bytes) + bytes;
  bodyBytes += varintBytes(headerList.length);
  for (const [name, text] of headerList) bodyBytes += fieldBytes(name) + fieldBytes(text);
  return { key: keyBytes, value, valueBytes: bytes, headers: headerList, bodyBytes };
}

function writeRecord(target: Buffer, start: number, index: number, record: Prepared): number {
  let at = writeVarint(target, start, record.bodyBytes);
  target[at] = 0;
  target[at + 1] = 0;
  at = writeVarint(target, at + 2, index);
  at = writeField(target, at, record.key);
  at = writeVarint(target, at, record.valueBytes);
  for (const part of record.value) at += part.copy(target, at);
  at = writeVarint(target, at, record.headers.length);
  for (const [name, text] of record.headers) {
    at = writeField(target, writeField(target, at, name), text);
  }
  return at;
}

function fieldBytes(field: Buffer | null): number {
  return field === null ? varintBytes(nullLength) : varintBytes(field.length) + field.length;
}

function writeField(target: Buffer, at: number, field: Buffer | null): number {
  const start = writeVarint(target, at, field === null ? nullLength : field.length);
  return field === null ? start : start + field.copy(target, start);
}

/** Small numbers of either sign as small ones: 0, −1, 1, −2, … */
function zigzag(value: number): number {
  return ((value << 1) ^ (value >> 31)) >>> 0;
}

function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = zigzag(value); rest > 0x7f; rest >>>= 7) bytes += 1;
  return bytes;
}

/** @returns where it ends */
function writeVarint(target: Buffer, start: number, value: number): number {
  let at = start;
  let rest = zigzag(value);
  for (; rest > 0x7f; rest >>>= 7) {
    target[at] = (rest & 0x7f) | 0x80;
    at += 1;
  }
  target[at] = rest;
  return at + 1;
}
