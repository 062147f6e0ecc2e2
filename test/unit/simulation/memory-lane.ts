import type { LaneRecord } from '../../../src/broker/lane-record.js';
import { wholeValue, type OutgoingRecord } from '../../../src/broker/lane-writer.js';

interface Entry {
  readonly timestampMs: number;
  /** Null is a control record: it takes an offset, and no reader sees it. */
  readonly record: LaneRecord | null;
}

/** Which part of a lane is read. */
export interface LaneRange {
  readonly from: number;
  /** The first offset that is not read; the lane's end, if left out. */
  readonly to?: number;
  /** Records at most. */
  readonly max?: number;
}

/** What a read of a lane gives. */
export interface LaneRead {
  readonly records: readonly LaneRecord[];
  /** Where to go on. */
  readonly nextOffset: number;
}

/** One lane of a topic: a log that only grows, as the broker shows it to its readers. */
export class MemoryLane {
  readonly #lane: number;
  readonly #entries: Entry[] = [];

  constructor(lane: number) {
    this.#lane = lane;
  }

  /** The offset that the next record will have. */
  get end(): number {
    return this.#entries.length;
  }

  /** Appends the records of one request, all with the time at which it came. */
  append(records: readonly OutgoingRecord[], timestampMs: number): void {
    for (const sent of records) {
      const { key, headers } = sent;
      const record: LaneRecord = {
        lane: this.#lane,
        offset: this.#entries.length,
        timestampMs,
        key: key === null ? null : Buffer.from(key),
        value: wholeValue(sent),
        headers: Object.fromEntries(
          Object.entries(headers ?? {}).map(([name, text]) => [name, Buffer.from(text)]),
        ),
      };
      this.#entries.push({ timestampMs, record });
    }
  }

  /** Appends a control record, as the end of a transaction does. */
  mark(timestampMs: number): void {
    this.#entries.push({ timestampMs, record: null });
  }

  read({ from, to = this.end, max = Infinity }: LaneRange): LaneRead {
    const records: LaneRecord[] = [];
    let nextOffset = from;
    while (nextOffset < to && records.length < max) {
      const entry = this.#entries[nextOffset];
      if (entry === undefined) break;
      nextOffset += 1;
      if (entry.record !== null) records.push(entry.record);
    }
    return { records, nextOffset };
  }

  /** The offset of the first record appended at this time or later, else the end. */
  offsetAt(timestampMs: number): number {
    const found = this.#entries.findIndex((entry) => entry.timestampMs >= timestampMs);
    return found < 0 ? this.end : found;
  }
}
