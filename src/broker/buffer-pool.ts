/** Smaller buffers cost less to make than to look after. */
const minBytes = 64 * 2 ** 10;

/**
 * Buffers for large requests, used again and again: V8 runs a full garbage collection after every
 * 64 MiB of new buffers, however few of them are alive.
 */
export class BufferPool {
  readonly #maxFree: number;
  readonly #free: Buffer[] = [];

  /** @param maxFree so many are kept */
  constructor(maxFree: number) {
    this.#maxFree = maxFree;
  }

  /** A buffer of so many bytes, with whatever is in it. */
  take(bytes: number): Buffer {
    if (bytes < minBytes) return Buffer.allocUnsafe(bytes);
    const fit = this.#free.findIndex(({ byteLength }) => byteLength >= bytes);
    const [found] = fit < 0 ? [] : this.#free.splice(fit, 1);
    const buffer = found ?? Buffer.allocUnsafeSlow(Math.ceil(bytes / minBytes) * minBytes);
    return buffer.subarray(0, bytes);
  }

  /** Gives a buffer back that nobody reads any more. */
  release(buffer: Buffer): void {
    if (buffer.byteLength < minBytes) return;
    this.#free.push(Buffer.from(buffer.buffer));
    // The small ones go first: each new largest request leaves one behind.
    if (this.#free.length <= this.#maxFree) return;
    this.#free.sort((a, b) => b.byteLength - a.byteLength);
    this.#free.length = this.#maxFree;
  }
}
