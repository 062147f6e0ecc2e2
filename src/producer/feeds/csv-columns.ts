import { parse } from 'csv-parse/sync';
import { PipelineError, messageOf } from '../../errors.js';
import { parseIsoTimeMs } from '../../geo/time.js';

/** Names that a column may have, besides case, blanks and underscores. */
const columnNames = {
  vehicleId: ['vehicleid', 'vehicle', 'id', 'taxiid', 'taxi', 'cab', 'deviceid', 'device'],
  eventTime: ['eventtime', 'eventtimems', 'time', 'timestamp', 'ts', 'datetime'],
  latitude: ['latitude', 'lat'],
  longitude: ['longitude', 'lon', 'lng', 'long'],
  speed: ['speed', 'speedmps'],
  bearing: ['bearing', 'bearingdeg', 'heading', 'course'],
  accuracy: ['accuracy', 'accuracym'],
  source: ['source'],
} as const;
type Field = keyof typeof columnNames;
const fields: readonly Field[] = [
  'vehicleId',
  'eventTime',
  'latitude',
  'longitude',
  'speed',
  'bearing',
  'accuracy',
  'source',
];
const required: readonly Field[] = ['vehicleId', 'eventTime', 'latitude', 'longitude'];

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/** Below are seconds (until the year 5138), above milliseconds (since 1973). */
const leastEpochMs = 1e11;

/** A CSV file whose first line doesn't name the columns of a fix. */
export class CsvHeaderError extends PipelineError {
  constructor(message: string) {
    super(message, { code: 'INVALID_HEADER', disposition: 'fatal' });
  }
}

/** The cells of one CSV line; a quoted cell can't go on in the next line. */
function cellsOf(line: string, delimiter: string): string[] {
  if (!line.includes('"')) return line.split(delimiter).map((cell) => cell.trim());
  const records: string[][] = parse(line, { delimiter, trim: true, relax_column_count: true });
  return records[0] ?? [];
}

/** Knows, from a CSV file's first line, which cell of a line holds what. */
export class CsvColumns {
  readonly #delimiter: string;
  readonly #count: number;
  readonly #indexOf: ReadonlyMap<Field, number>;

  /**
   * @param header the file's first line: names separated by commas, semicolons or tabs.
   * @throws {CsvHeaderError} INVALID_HEADER
   */
  constructor(header: string) {
    this.#delimiter = [',', ';', '\t'].find((mark) => header.includes(mark)) ?? ',';
    let cells: string[];
    try {
      cells = cellsOf(header, this.#delimiter);
    } catch (error) {
      throw new CsvHeaderError(`the first line is no CSV: ${messageOf(error)}`);
    }
    const names = cells.map((name) => name.toLowerCase().replaceAll(/[^a-z]/g, ''));
    this.#count = names.length;
    const indexOf = new Map<Field, number>();
    for (const field of fields) {
      const known: readonly string[] = columnNames[field];
      const name = known.find((candidate) => names.includes(candidate));
      if (name !== undefined) indexOf.set(field, names.indexOf(name));
    }
    const missing = required.filter((field) => !indexOf.has(field));
    if (missing.length > 0) {
      throw new CsvHeaderError(
        `the first line names no column for ${missing.join(', ')}; found ${JSON.stringify(header.slice(0, 200))}, ` +
          'expected for example: vehicleId,eventTime,latitude,longitude',
      );
    }
    this.#indexOf = indexOf;
  }

  /**
   * The values of a line under the names of a GeoFix: numbers where the text is one. A time in epoch
   * seconds becomes milliseconds.
   * @throws {Error} if the line is not as the header says; the message says why.
   */
  read(line: string): Record<string, unknown> {
    const cells = cellsOf(line, this.#delimiter);
    if (cells.length !== this.#count) {
      throw new Error(`it has ${cells.length} fields, the first line has ${this.#count}`);
    }
    const values: Record<string, unknown> = {};
    for (const [field, index] of this.#indexOf) {
      const cell = cells[index] ?? '';
      if (cell === '') continue;
      if (field === 'eventTime') values[field] = timeOf(cell);
      else values[field] = isText(field) || !decimal.test(cell) ? cell : Number(cell);
    }
    return values;
  }
}

function isText(field: Field): boolean {
  return field === 'vehicleId' || field === 'source';
}

function timeOf(cell: string): number | string {
  if (!decimal.test(cell)) {
    const timeMs = parseIsoTimeMs(cell);
    return Number.isNaN(timeMs) ? cell : timeMs;
  }
  const epoch = Number(cell);
  return Math.round(Math.abs(epoch) < leastEpochMs ? epoch * 1000 : epoch);
}
