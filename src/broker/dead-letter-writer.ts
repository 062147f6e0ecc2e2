import { deadLetterHeaders, encodeDeadLetter, type DeadLetter } from '../wire/dead-letter.js';
import type { RecordWriter } from './lane-writer.js';

/** A dead letter's original is cut to this, so that the letter itself is never too large. */
const maxOriginalBytes = 1024 * 1024;
/** Of an original's headers so many bytes are kept; those that don't fit are left out. */
const maxHeaderBytes = 64 * 1024;
/**
 * Writes dead letters to the lane that their originals were in. Resolves when they are
 * acknowledged: only then may the offsets that they came from be accounted for.
 */
export async function sendDeadLetters(
  writer: RecordWriter,
  topic: string,
  letters: readonly DeadLetter[],
  signal?: AbortSignal,
): Promise<void> {
  const byLane = new Map<number, DeadLetter[]>();
  for (const letter of letters) {
    byLane.set(letter.lane, [...(byLane.get(letter.lane) ?? []), withinBounds(letter)]);
  }
  for (const [lane, some] of byLane) {
    const records = some.map((letter) => ({
      key: letter.key,
      value: encodeDeadLetter(letter),
      headers: deadLetterHeaders(letter),
    }));
    await writer.send(topic, lane, records, signal);
  }
}

function withinBounds(original: DeadLetter): DeadLetter {
  const { key, value } = original;
  const letter = {
    ...original,
    key: key === null ? null : key.subarray(0, maxOriginalBytes),
    headers: boundedHeaders(original.headers),
  };
  if (value === null || value.byteLength <= maxOriginalBytes) return letter;
  return {
    ...letter,
    value: value.subarray(0, maxOriginalBytes),
    truncatedFromBytes: letter.truncatedFromBytes ?? value.byteLength,
  };
}

function boundedHeaders(headers: DeadLetter['headers']): DeadLetter['headers'] {
  let room = maxHeaderBytes;
  return Object.fromEntries(
    Object.entries(headers).filter(([name, value]) => {
      room -= Buffer.byteLength(name) + value.byteLength;
      return room >= 0;
    }),
  );
}
