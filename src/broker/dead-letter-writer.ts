import { deadLetterHeaders, encodeDeadLetter, type DeadLetter } from '../wire/dead-letter.js';
import type { LaneWriter } from './lane-writer.js';

/** A dead letter's original is cut to this, so that the letter itself is never too large. */
const maxOriginalBytes = 1024 * 1024;

/**
 * Writes dead letters to the lane that their originals were in. Resolves when they are
 * acknowledged: only then may the offsets that they came from be accounted for.
 */
export async function sendDeadLetters(
  writer: LaneWriter,
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

function withinBounds(letter: DeadLetter): DeadLetter {
  const { key, value } = letter;
  const cutKey = key === null ? null : key.subarray(0, maxOriginalBytes);
  if (value === null || value.byteLength <= maxOriginalBytes) return { ...letter, key: cutKey };
  return {
    ...letter,
    key: cutKey,
    value: value.subarray(0, maxOriginalBytes),
    truncatedFromBytes: letter.truncatedFromBytes ?? value.byteLength,
  };
}
