import { degreesEast, normalLongitude } from './longitude.js';

const degreesPerHour = 15;
/** One day of each half of the year: on one of them there is no summer time. */
const days = [Date.UTC(2024, 0, 15), Date.UTC(2024, 6, 15)];

/** Whether a name is that of a time zone, such as `Asia/Seoul`; offsets are none. */
export function isTimeZone(name: string): boolean {
  // Some versions of Intl take offsets too, which know nothing of summer time.
  if (/^[+-]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/**
 * How far a longitude is from the one at which a zone's noon is when the sun is highest, in degrees,
 * by its time without summer time. No inhabited place's is above 50 (Kashgar, which has the time of
 * Beijing), and few are above 25.
 *
 * @param timeZone IANA name
 */
export function awayFromSunDeg(timeZone: string, longitude: number): number {
  const hours = Math.min(...days.map((day) => hoursAheadOfUtc(timeZone, day)));
  return Math.abs(degreesEast(normalLongitude(degreesPerHour * hours), longitude));
}

function hoursAheadOfUtc(timeZone: string, timeMs: number): number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  const name = format.formatToParts(timeMs).find(({ type }) => type === 'timeZoneName')?.value;
  const [, sign, hours = '0', minutes = '0'] = /([-+−])(\d{2}):(\d{2})/.exec(name ?? '') ?? [];
  const ahead = Number(hours) + Number(minutes) / 60;
  return sign === undefined || sign === '+' ? ahead : -ahead;
}

/**
 * The zone that ships keep at a longitude, by whole hours and without summer time. Its IANA name
 * counts westwards: `Etc/GMT-9` is 9 hours ahead of UTC.
 * @see https://data.iana.org/time-zones/tzdb/etcetera
 */
export function nauticalZone(longitude: number): string {
  const hours = Math.round(normalLongitude(longitude) / degreesPerHour);
  if (hours === 0) return 'Etc/GMT';
  return hours > 0 ? `Etc/GMT-${hours}` : `Etc/GMT+${-hours}`;
}
