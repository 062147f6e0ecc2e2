/** Zones differ from UTC by whole quarters of an hour: within one the local hour does not change. */
const quarterMs = 15 * 60_000;

/**
 * The hour of the day, `00` … `23`, at which each moment is in a zone.
 *
 * @param timesMs epoch milliseconds
 * @param timeZone IANA name
 */
export function localHours(timesMs: Float64Array, timeZone: string): string[] {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', hourCycle: 'h23' });
  const known = new Map<number, string>();
  return Array.from(timesMs, (ms) => {
    const quarter = Math.floor(ms / quarterMs);
    const hour = known.get(quarter) ?? format.format(quarter * quarterMs);
    known.set(quarter, hour);
    return hour;
  });
}
