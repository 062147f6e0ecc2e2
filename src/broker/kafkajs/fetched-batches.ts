import { batchLayout as place, lengthEnds, magic } from '../record-batch-layout.js';
import { RecordCursor } from './record-cursor.js';
import { substitute } from './substitute.js';

/** A record as kafkajs's readers take it. */
interface Message {
  readonly offset: string;
  readonly timestamp: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer | Buffer[]>>;
  readonly attributes: number;
  readonly isControlRecord: boolean;
  readonly batchContext: BatchContext;
}

interface BatchContext {
  readonly firstOffset: string;
  readonly producerId: string;
  readonly producerEpoch: number;
  readonly inTransaction: boolean;
  readonly isControlBatch: boolean;
}

/** What kafkajs decodes of one lane's part of a fetch response, and behind which offset it ends. */
type DecodedMessages = readonly unknown[] & { behind?: number | null };

/** kafkajs's reader of a response. */
interface Decoder {
  readonly buffer: Buffer;
  readonly offset: number;
  readBytes(bytes: number): Buffer;
  readInt32(): number;
}

type DecodeMessages = (decoder: Decoder) => Promise<DecodedMessages>;

/** The size of what follows: an int32. */
const sizeBytes = 4;
const flags = { compression: 0x07, appendTime: 0x08, transactional: 0x10, control: 0x20 };

/**
 * Records of a fetch, decoded without the five objects that kafkajs makes for each of them on the
 * way. Compressed batches, and those of the format before Kafka 0.11, are kafkajs's as before.
 *
 * kafkajs gives nothing of the batches, so that one which compaction has emptied looks like an
 * answer without data, such as a leader gives that is new. `behind` says which of the two it is.
 *
 * @see https://kafka.apache.org/documentation/#recordbatch
 */
export function decodeFetchedBatches(): void {
  substitute<DecodeMessages>(
    'kafkajs/src/protocol/requests/fetch/v4/decodeMessages.js',
    (original) => async (decoder) => {
      const { buffer, offset } = decoder;
      const starts = wholeBatches(buffer, offset);
      const last = starts.at(-1);
      const behind = last === undefined ? null : behindBatch(buffer, last);
      const isPlain = starts.every((at) => isUncompressed(buffer, at));
      if (!isPlain) return Object.assign(await original(decoder), { behind });
      const messages = starts.flatMap((at) => decodeBatch(buffer, at));
      const size = decoder.readInt32();
      if (size > 0) decoder.readBytes(Math.min(size, buffer.length - offset - sizeBytes));
      return Object.assign(messages, { behind });
    },
  );
}

/**
 * Where the batches begin that are there whole: the last one of an answer can be cut off.
 *
 * @param start where their size in bytes stands, an int32, with the batches after it
 */
function wholeBatches(buffer: Buffer, start: number): number[] {
  const starts: number[] = [];
  let at = start + sizeBytes;
  const end = Math.min(buffer.length, at + buffer.readInt32BE(start));
  while (at + place.firstRecord <= end) {
    const next = at + lengthEnds + buffer.readInt32BE(at + place.length);
    if (next > end) break;
    starts.push(at);
    at = next;
  }
  return starts;
}

function isUncompressed(buffer: Buffer, at: number): boolean {
  const attributes = buffer.readInt16BE(at + place.attributes);
  return buffer.readInt8(at + place.magic) === magic && (attributes & flags.compression) === 0;
}

function behindBatch(buffer: Buffer, at: number): number | null {
  if (buffer.readInt8(at + place.magic) !== magic) return null;
  const base = Number(buffer.readBigInt64BE(at + place.baseOffset));
  return base + buffer.readInt32BE(at + place.lastOffsetDelta) + 1;
}

function decodeBatch(buffer: Buffer, at: number): Message[] {
  const attributes = buffer.readInt16BE(at + place.attributes);
  const base = Number(buffer.readBigInt64BE(at + place.baseOffset));
  const isControlBatch = (attributes & flags.control) !== 0;
  const batchContext: BatchContext = {
    firstOffset: String(base),
    producerId: buffer.readBigInt64BE(at + place.producerId).toString(),
    producerEpoch: buffer.readInt16BE(at + place.producerEpoch),
    inTransaction: (attributes & flags.transactional) !== 0,
    isControlBatch,
  };
  const isAppendTime = (attributes & flags.appendTime) !== 0;
  const firstMs = Number(buffer.readBigInt64BE(at + place.firstTimestamp));
  const appendTime = String(buffer.readBigInt64BE(at + place.maxTimestamp));
  const cursor = new RecordCursor(buffer, at + place.firstRecord);
  const count = buffer.readInt32BE(at + place.recordCount);
  const messages: Message[] = [];
  for (let index = 0; index < count; index += 1) {
    cursor.advance();
    messages.push({
      offset: String(base + cursor.offsetDelta),
      timestamp: isAppendTime ? appendTime : String(firstMs + cursor.timestampDelta),
      key: cursor.key,
      value: cursor.value,
      headers: cursor.headers,
      attributes: cursor.attributes,
      isControlRecord: isControlBatch,
      batchContext,
    });
  }
  return messages;
}
