import { deadLetterHeaders, encodeDeadLetter, type DeadLetter } from '../wire/dead-letter.js';
import type { OutgoingRecord, RecordWriter } from './lane-writer.js';

/** A dead letter's original is cut to this, so that the letter itself is never too large. */
const maxOriginalBytes = 1024 * 1024;
/** Of an original's headers so many bytes are kept; those that don't fit are left out. */
const maxHeaderBytes = 64 * 1024;
/** Leaves a topic's limit of 8 MiB room for the headers that the letters have besides. */
const maxRequestBytes = 2 * maxOriginalBytes;

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
    for (const request of requestsOf(records)) await writer.send(topic, lane, request, signal);
  }
}

/** What goes in one request is one batch to the broker, which takes no batch above its limit. */
function requestsOf(records: readonly OutgoingRecord[]): OutgoingRecord[][] {
  const requests: OutgoingRecord[][] = [];
  let room = 0;
  for (const record of records) {
    const bytes = (record.key?.length ?? 0) + record.value.byteLength;
    if (bytes > room) {
      requests.push([]);
      room = maxRequestBytes;
    }
    requests.at(-1)?.push(record);
    room -= bytes;
  }
  return requests;
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
