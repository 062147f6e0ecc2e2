import { decodeDeadLetter, type DeadLetter } from '../wire/dead-letter.js';
import { originText, replayOfHeader } from '../wire/replay-mark.js';
import type { LaneLog } from './lane-log.js';

/** A dead letter in its topic. */
export interface BuriedLetter {
  /** Names what it is of: where that was, or, of what never got an offset, where the letter is. */
  readonly id: string;
  readonly letter: DeadLetter;
  /** The lane that the letter itself is in. */
  readonly lane: number;
  /** When it was replayed, epoch milliseconds; null where it was not. */
  readonly replayedMs: number | null;
}

/**
 * All dead letters, oldest first. One that a worker and its successor both have written, or that was
 * read by two plans, is there once.
 */
export async function readDeadLetters(
  laneLog: Pick<LaneLog, 'bounds' | 'read'>,
  topic: string,
): Promise<BuriedLetter[]> {
  const { begin, end } = await laneLog.bounds(topic);
  const letters = new Map<string, { readonly found: BuriedLetter; readonly writtenMs: number }>();
  const replayed = new Map<string, number>();
  for (const [lane, from] of begin.entries()) {
    // Letters are seen whatever transactions are open beside them; markers are when they count.
    for await (const { offset, value, timestampMs } of laneLog.read(topic, lane, from, end[lane])) {
      if (value === null) continue;
      const letter = decodeDeadLetter(value);
      const own = { topic, lane, offset, item: null };
      const id = originText(letter.offset < 0 ? own : letter);
      if (letters.has(id)) continue;
      letters.set(id, { found: { id, letter, lane, replayedMs: null }, writtenMs: timestampMs });
    }
    for await (const record of laneLog.read(topic, lane, from, end[lane], true)) {
      const id = record.headers[replayOfHeader]?.toString();
      if (record.value === null && id !== undefined) replayed.set(id, record.timestampMs);
    }
  }
  return [...letters.values()]
    .sort((a, b) => a.writtenMs - b.writtenMs)
    .map(({ found }) => ({ ...found, replayedMs: replayed.get(found.id) ?? null }));
}
