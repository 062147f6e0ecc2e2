import { messageOf } from '../../errors.js';
import type { FixErrorCode, GeoFix } from '../../geo/fix.js';
import { checkFix } from '../../geo/fix.js';
import { CsvColumns } from './csv-columns.js';
import { maxLineChars, textLines } from './text-lines.js';

/** What a line gave: a fix, or the reason why it gave none. Line 1 is the first. */
export type LineResult =
  | { readonly ok: true; readonly line: number; readonly fix: GeoFix }
  | {
      readonly ok: false;
      readonly line: number;
      readonly code: 'INVALID_LINE' | FixErrorCode;
      readonly message: string;
      /** The line itself; empty where it was too long to be kept. */
      readonly text: string;
    };

/**
 * Reads fixes from lines of text, as they arrive. Text that begins with `{` has one JSON object with
 * the fields of a GeoFix in each line (`vehicleId`, `eventTime` in epoch milliseconds or ISO 8601,
 * `latitude`, `longitude`, and optional `speed`, `bearing`, `accuracy`, `source`). Any other text is
 * CSV: its first line names the columns (`vehicleId`, `vehicle` or `id`; `eventTime`, `time` or
 * `timestamp`, in epoch seconds, milliseconds or ISO 8601; `latitude` or `lat`; `longitude`, `lon` or
 * `lng`; …), in any order; other columns are ignored. Each line stands for itself: one that is wrong
 * gives its error, and the next ones go on. Blank lines give nothing.
 *
 * @throws {CsvHeaderError} INVALID_HEADER if the first line of CSV lacks a column
 *
 * @example
 * for await (const result of readFixLines(process.stdin)) {
 *   if (result.ok) send(result.fix);
 *   else console.error(`line ${result.line}: ${result.message}`);
 * }
 */
export async function* readFixLines(
  chunks: AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>,
): AsyncGenerator<LineResult, void> {
  let read: ((text: string) => unknown) | undefined;
  for await (const { number, text } of textLines(chunks)) {
    if (text === null) {
      const message = `the line has more than ${maxLineChars} characters`;
      yield { ok: false, line: number, code: 'INVALID_LINE', message, text: '' };
      continue;
    }
    if (text.trim() === '') continue;
    if (read === undefined) {
      if (text.trimStart().startsWith('{')) {
        read = JSON.parse;
      } else {
        const columns = new CsvColumns(text);
        read = (line) => columns.read(line);
        continue;
      }
    }
    yield readLine(number, text, read);
  }
}

function readLine(line: number, text: string, read: (text: string) => unknown): LineResult {
  let value: unknown;
  try {
    value = read(text);
  } catch (error) {
    const message = `the line can't be read: ${messageOf(error)}; found ${JSON.stringify(text.slice(0, 80))}`;
    return { ok: false, line, code: 'INVALID_LINE', message, text };
  }
  const check = checkFix(value);
  return check.ok
    ? { ok: true, line, fix: check.fix }
    : { ok: false, line, code: check.code, message: check.message, text };
}
