import { substitute } from './substitute.js';

/** What kafkajs decodes of one lane's part of a fetch response, and behind which offset it ends. */
type DecodedMessages = readonly unknown[] & { behind?: number | null };

interface Decoder {
  readonly buffer: Buffer;
  readonly offset: number;
}

type DecodeMessages = (decoder: Decoder) => Promise<DecodedMessages>;

/**
 * kafkajs gives the records of a fetch and nothing of their batches, so that a batch which compaction
 * has emptied looks like an answer without data, such as a leader gives that is new. The end of the
 * batches says which of the two it is.
 */
export function tellBatchEnds(): void {
  substitute<DecodeMessages>(
    'kafkajs/src/protocol/requests/fetch/v4/decodeMessages.js',
    (original) => async (decoder) => {
      const { buffer, offset } = decoder;
      const messages = await original(decoder);
      messages.behind = behindBatches(buffer, offset);
      return messages;
    },
  );
}

/** The size of what follows: an int32. */
const sizeBytes = 4;
/** In a record batch: the offset of its first record, its length, its magic byte, its last offset. */
const batch = { baseOffset: 0, length: 8, magic: 16, lastOffsetDelta: 23, header: 61 };
/** What comes before what the length counts. */
const beforeLengthEnds = 12;
const newestMagic = 2;

/**
 * Behind the last offset of the batches that are there whole.
 *
 * @param start where their size in bytes stands, an int32, with the batches after it
 * @returns null where there are none
 * @see https://kafka.apache.org/documentation/#recordbatch
 */
function behindBatches(buffer: Buffer, start: number): number | null {
  let at = start + sizeBytes;
  const end = Math.min(buffer.length, at + buffer.readInt32BE(start));
  let behind: number | null = null;
  while (at + batch.header <= end && buffer.readInt8(at + batch.magic) === newestMagic) {
    const next = at + beforeLengthEnds + buffer.readInt32BE(at + batch.length);
    if (next > end) break;
    const last = buffer.readInt32BE(at + batch.lastOffsetDelta);
    behind = Number(buffer.readBigInt64BE(at + batch.baseOffset)) + last + 1;
    at = next;
  }
  return behind;
}
