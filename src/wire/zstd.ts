import zstdCodec from 'zstd-codec/lib/module.js';
import { WireError } from './errors.js';

/** Compresses and decompresses one Zstandard frame; see {@link ready}. */
interface Zstd {
  readonly compress: (bytes: Uint8Array) => Uint8Array;
  readonly decompress: (frame: Uint8Array, lengthBytes: number) => Uint8Array;
}

/**
 * Level 1 gives activations the same size as level 3 (they hardly compress at all).
 *
 * @see bench/wire.ts
 */
const level = 1;

/**
 * The library's memory does not grow, and what it lacks ends the process: tensors above this many
 * bytes are not compressed, and not decompressed either.
 */
export const maxZstdBytes = 3 * 2 ** 20;

let loading: Promise<void> | undefined;
let zstd: Zstd | undefined;

/**
 * Loads the Zstandard library: to be awaited once before a record with a zstd encoding is written
 * or read. It takes some 30 ms, and nothing from the second time on.
 */
export function ready(): Promise<void> {
  loading ??= new Promise((resolve) => {
    zstdCodec.run((binding) => {
      zstd = overVectors(binding);
      resolve();
    });
  });
  return loading;
}

/**
 * One Zstandard frame that carries its content's length.
 *
 * @param bytes {@link maxZstdBytes} at most
 * @throws {WireError} ZSTD_NOT_READY
 */
export function compress(bytes: Uint8Array): Uint8Array {
  return loaded().compress(bytes);
}

/**
 * The content of Zstandard frames, whoever wrote them, with or without their content's length.
 *
 * @param lengthBytes What the length must be, at least 1; no more is ever decompressed.
 * @throws {WireError} INVALID_TENSOR, ZSTD_NOT_READY
 * @see https://www.rfc-editor.org/rfc/rfc8878
 */
export function decompress(frame: Uint8Array, lengthBytes: number): Uint8Array {
  const largest = Math.max(frame.length, lengthBytes);
  if (largest <= maxZstdBytes) return loaded().decompress(frame, lengthBytes);
  throw new WireError(
    'INVALID_TENSOR',
    `${largest} bytes are too many for zstd: ${maxZstdBytes} are read at most, larger tensors have to be raw.`,
  );
}

function loaded(): Zstd {
  if (zstd !== undefined) return zstd;
  throw new WireError(
    'ZSTD_NOT_READY',
    'A zstd encoding was used before the library was loaded: await ready() when the process starts.',
    { disposition: 'fatal' },
  );
}

/**
 * Calls the one-shot functions directly. The package's own wrappers need a frame that carries its
 * content's length (Simple), or copy byte by byte into a buffer without limit (Streaming: ten
 * times as slow), while a tensor's shape says beforehand what the length must be.
 */
function overVectors(binding: Parameters<Parameters<typeof zstdCodec.run>[0]>[0]): Zstd {
  const codec = new binding.ZstdCodec();
  // Kept from call to call, and as large as they will ever be: growing them costs more than the
  // compression of a small tensor, and leaves holes in memory that does not grow.
  const source = new binding.VectorU8();
  const target = new binding.VectorU8();
  for (const vector of [source, target]) vector.resize(codec.compressBound(maxZstdBytes), 0);
  return {
    compress(bytes) {
      binding.cloneToVector(source, bytes);
      target.resize(codec.compressBound(bytes.length), 0);
      target.resize(codec.compress(target, source, level), 0);
      return binding.cloneAsTypedArray(target);
    },
    decompress(frame, lengthBytes) {
      binding.cloneToVector(source, frame);
      target.resize(lengthBytes, 0);
      const length = codec.decompress(target, source);
      if (length === lengthBytes) return binding.cloneAsTypedArray(target);
      throw new WireError(
        'INVALID_TENSOR',
        length < 0
          ? `The data is no Zstandard frame of ${lengthBytes} bytes.`
          : `The Zstandard frame holds ${length} bytes: ${lengthBytes} are expected.`,
      );
    },
  };
}
