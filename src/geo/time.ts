const isoTime =
  /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?) ?(Z|[+-]\d{2}(?::?\d{2})?)?$/i;

/**
 * Epoch milliseconds of an ISO 8601 date and time such as `2024-03-04T08:30:00+09:00`, or NaN if
 * the text is none. A blank may stand for the `T`; a time without zone is UTC; parts of a
 * millisecond are dropped.
 * @see https://www.rfc-editor.org/rfc/rfc3339
 */
export function parseIsoTimeMs(text: string): number {
  const [, date, time, zone] = isoTime.exec(text.trim()) ?? [];
  if (date === undefined || time === undefined) return NaN;
  const [clock = '', fraction = ''] = time.split(/[.,]/);
  const digits = zone === undefined || zone.toUpperCase() === 'Z' ? '' : zone.replace(':', '');
  const offset = digits === '' ? 'Z' : `${digits.slice(0, 3)}:${digits.slice(3) || '00'}`;
  const seconds = clock.length === 5 ? `${clock}:00` : clock;
  const milliseconds = fraction.slice(0, 3).padEnd(3, '0');
  return Date.parse(`${date}T${seconds}.${milliseconds}${offset}`);
}
