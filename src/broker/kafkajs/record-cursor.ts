/** Headers of a record: a list where a name came several times. */
export type RecordHeaders = Readonly<Record<string, Buffer | Buffer[]>>;

const none: RecordHeaders = {};

/**
 * Reads records of a batch, one after the other, into its own fields. Keys and values are views of
 * the buffer.
 */
export class RecordCursor {
  attributes = 0;
  /** Milliseconds after the first of its batch. */
  timestampDelta = 0;
  offsetDelta = 0;
  key: Buffer | null = null;
  value: Buffer | null = null;
  headers: RecordHeaders = none;
  readonly #buffer: Buffer;
  #at: number;

  /** @param at where the first record begins */
  constructor(buffer: Buffer, at: number) {
    this.#buffer = buffer;
    this.#at = at;
  }

  /** Goes to the first record, or the next one. @throws {RangeError} where the buffer ends within it */
  advance(): void {
    const length = this.#varint();
    const end = this.#at + length;
    this.attributes = this.#buffer.readInt8(this.#at);
    this.#at += 1;
    this.timestampDelta = this.#varint();
    this.offsetDelta = this.#varint();
    this.key = this.#bytes();
    this.value = this.#bytes();
    this.headers = this.#headers();
    // A later version of the format may have more in it.
    this.#at = end;
  }

  #headers(): RecordHeaders {
    const count = this.#varint();
    if (count === 0) return none;
    const headers: Record<string, Buffer | Buffer[]> = {};
    for (let index = 0; index < count; index += 1) {
      const name = this.#bytes()?.toString() ?? '';
      const value = this.#bytes() ?? Buffer.alloc(0);
      const before = headers[name];
      headers[name] = before === undefined ? value : [before, value].flat();
    }
    return headers;
  }

  #bytes(): Buffer | null {
    const length = this.#varint();
    if (length < 0) return null;
    const start = this.#at;
    this.#at += length;
    return this.#buffer.subarray(start, this.#at);
  }

  /** Small numbers of either sign are small: 0, −1, 1, −2, … A timestamp's delta can be a long one. */
  #varint(): number {
    let byte = this.#byte();
    let result = byte & 0x7f;
    for (let scale = 128; byte > 0x7f; scale *= 128) {
      byte = this.#byte();
      result += (byte & 0x7f) * scale;
    }
    return result % 2 === 0 ? result / 2 : -(result + 1) / 2;
  }

  #byte(): number {
    const byte = this.#buffer[this.#at];
    if (byte === undefined) throw new RangeError('the record ends before its fields do');
    this.#at += 1;
    return byte;
  }
}
