import type { LaneFetch, LaneRecord } from './lane-record.js';

/**
 * The fetched records of one lane that nobody has taken yet. Bounded by its reader, which fetches
 * no more for a lane whose queue is full.
 */
export class LaneQueue {
  readonly lane: number;
  #records: LaneRecord[] = [];
  #queuedBytes = 0;
  #nextOffset: number;
  #endOffset: number;
  #answers = 0;
  #failure: Error | null = null;
  #wake: (() => void) | null = null;
  /** So many records wake who waits. */
  #wanted = 1;
  readonly #onTaken: () => void;

  constructor(lane: number, fromOffset: number, onTaken: () => void) {
    this.lane = lane;
    this.#nextOffset = fromOffset;
    this.#endOffset = fromOffset;
    this.#onTaken = onTaken;
  }

  /** The offset to fetch next. */
  get nextOffset(): number {
    return this.#nextOffset;
  }

  /** The offset of the first record that nobody has taken. */
  get takenTo(): number {
    return this.#records[0]?.offset ?? this.#nextOffset;
  }

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** Records of the lane that nobody has taken yet, fetched or not. */
  get lag(): number {
    return Math.max(0, this.#endOffset - this.#nextOffset) + this.#records.length;
  }

  /** Fetches of the lane that were answered, with records or without. */
  get answers(): number {
    return this.#answers;
  }

  push(fetched: LaneFetch): void {
    this.#answers += 1;
    this.#nextOffset = fetched.nextOffset;
    this.#endOffset = fetched.endOffset;
    for (const record of fetched.records) {
      this.#records.push(record);
      this.#queuedBytes += bytesOf(record);
    }
    if (this.#records.length >= this.#wanted) this.#wake?.();
  }

  /** Whoever takes from the queue gets this error, after what is in it. */
  fail(error: Error): void {
    this.#failure = error;
    this.#wake?.();
  }

  /** Resolves when so many records are there, or the time is over. */
  async gather(records: number, timeoutMs: number, signal: AbortSignal): Promise<void> {
    const isReady = this.#failure !== null || this.#records.length >= records;
    if (isReady || signal.aborted || timeoutMs <= 0) return;
    await this.#waitFor(records, timeoutMs, signal);
  }

  /**
   * Takes what is there, up to `maxRecords`; waits for something up to `timeoutMs`, and then gives
   * nothing.
   *
   * @throws the error that the reader met in this lane
   */
  async take(maxRecords: number, timeoutMs: number, signal: AbortSignal): Promise<LaneRecord[]> {
    if (this.#records.length === 0 && this.#failure === null && !signal.aborted) {
      await this.#waitFor(1, timeoutMs, signal);
    }
    if (this.#records.length === 0 && this.#failure !== null) throw this.#failure;
    const taken = this.#records.slice(0, maxRecords);
    this.#records = this.#records.slice(taken.length);
    for (const record of taken) this.#queuedBytes -= bytesOf(record);
    if (taken.length > 0) this.#onTaken();
    return taken;
  }

  #waitFor(records: number, timeoutMs: number, signal: AbortSignal): Promise<void> {
    this.#wanted = records;
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        this.#wake = null;
        resolve();
      };
      const timer = setTimeout(done, timeoutMs);
      signal.addEventListener('abort', done);
      this.#wake = done;
    });
  }
}

/** What a record takes up beside its bytes: records without a value count too. */
const recordOverheadBytes = 100;

function bytesOf({ key, value }: LaneRecord): number {
  return recordOverheadBytes + (key?.byteLength ?? 0) + (value?.byteLength ?? 0);
}
