import type { PrintedRecord } from './console-reader.js';

/**
 * For how long a lane had no new prediction while or after something happened, at the worst: the
 * longest time between two successive records of a lane of which some lies between the two times.
 *
 * @param predictions with the broker's append times
 * @param fromMs when it began
 * @param toMs when all lanes were known to move again
 */
export function standstillMs(
  predictions: readonly PrintedRecord[],
  lanes: number,
  fromMs: number,
  toMs: number,
): number {
  let longest = 0;
  for (let lane = 0; lane < lanes; lane += 1) {
    const times = predictions
      .filter((record) => record.lane === lane)
      .map(({ timestampMs }) => timestampMs)
      .sort((a, b) => a - b);
    times.forEach((time, at) => {
      const next = times[at + 1];
      if (next === undefined || next < fromMs || time > toMs) return;
      longest = Math.max(longest, next - time);
    });
  }
  return longest;
}

/** The middle one; of an even number the lower of the two; null of none. */
export function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}
