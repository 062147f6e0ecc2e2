import { parsePrinted, type PrintedRecord } from '../../fault/console-reader.js';

/** What Kafka's console consumer is given to print. */
export interface RecordToPrint {
  readonly lane: number;
  readonly offset: number;
  readonly timestampMs: number;
  readonly key: Buffer | string | null;
  readonly value: Buffer | string | null;
}

/**
 * Bytes as Java prints them, said a second time from its source: what is between the space and `~`
 * stands for itself, but for the backslash; all else is `\x` and two capital hexadecimal digits.
 *
 * @see org.apache.kafka.common.utils.Bytes#toString (Kafka 3.9)
 */
export function printedBytes(bytes: Buffer | string | null): string {
  if (bytes === null) return 'null';
  let text = '';
  for (const byte of Buffer.from(bytes)) {
    const isPlain = byte >= 0x20 && byte <= 0x7e && byte !== 0x5c;
    const [high = '', low = ''] = [byte >> 4, byte & 15].map((digit) => '0123456789ABCDEF'[digit]);
    text += isPlain ? String.fromCharCode(byte) : `\\x${high}${low}`;
  }
  return text;
}

/** The line of a record, with the columns that the tests' reader asks for. */
export function printedLine({ lane, offset, timestampMs, key, value }: RecordToPrint): string {
  return [
    `LogAppendTime:${timestampMs}`,
    `Partition:${lane}`,
    `Offset:${offset}`,
    printedBytes(key),
    printedBytes(value),
  ].join('\t');
}

/** A record as it comes out of the console consumer's text. */
export function printedAndRead(record: RecordToPrint): PrintedRecord {
  const read = parsePrinted(printedLine(record));
  if (read === null) throw new Error(`no record: ${printedLine(record)}`);
  return read;
}
