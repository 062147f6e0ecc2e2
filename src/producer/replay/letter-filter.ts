import type { BuriedLetter } from '../../broker/dead-letter-log.js';

/** Which dead letters are meant; what is left out does not matter. */
export interface LetterFilter {
  readonly code?: string | undefined;
  /** The letter's key. */
  readonly vehicleId?: string | undefined;
  /** Where the original was. */
  readonly lane?: number | undefined;
  /** Only those that failed at this time or later: epoch milliseconds. */
  readonly sinceMs?: number | undefined;
  /** Only so many of the newest, of those that match otherwise. */
  readonly last?: number | undefined;
}

/** The letters that match, in the order in which they are given: oldest first. */
export function selectLetters(
  letters: readonly BuriedLetter[],
  { code, vehicleId, lane, sinceMs, last }: LetterFilter,
): BuriedLetter[] {
  const matching = letters.filter(
    ({ letter }) =>
      (code === undefined || letter.code === code) &&
      (vehicleId === undefined || letter.key?.toString() === vehicleId) &&
      (lane === undefined || letter.lane === lane) &&
      (sinceMs === undefined || letter.timeMs >= sinceMs),
  );
  return last === undefined ? matching : matching.slice(-last);
}

/** How many letters there are of each code, in words. @example '2 FIX_TOO_LATE, 1 NOT_FINITE' */
export function countsByCode(letters: readonly BuriedLetter[]): string {
  const counts = new Map<string, number>();
  for (const { letter } of letters) counts.set(letter.code, (counts.get(letter.code) ?? 0) + 1);
  return [...counts].map(([code, count]) => `${count} ${code}`).join(', ');
}
