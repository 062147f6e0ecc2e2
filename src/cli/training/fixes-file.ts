import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { ConfigError, PipelineError, messageOf } from '../../errors.js';
import type { ReadStream } from 'node:fs';

/** What the first bytes of a file say about how it is packed. */
const packings: readonly {
  readonly magic: string;
  readonly name: string;
  readonly undo: string;
}[] = [
  { magic: '1f8b', name: 'gzip', undo: '' },
  { magic: 'fd377a585a00', name: 'xz', undo: 'xz --decompress --keep' },
  { magic: '425a68', name: 'bzip2', undo: 'bzip2 --decompress --keep' },
  { magic: '28b52ffd', name: 'zstd', undo: 'zstd --decompress' },
  { magic: '504b0304', name: 'zip', undo: 'unzip' },
];

/** Read at once. */
const readBytes = 1 << 18;

function cannotRead(path: string, error: unknown): ConfigError {
  return new ConfigError(`The file of fixes ${path} can't be read: ${messageOf(error)}.`, error);
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(6), 0, 6, 0);
    const start = buffer.subarray(0, bytesRead).toString('hex');
    const packing = packings.find(({ magic }) => start.startsWith(magic));
    if (packing === undefined || packing.undo === '') return packing !== undefined;
    throw new ConfigError(
      `${path} is packed with ${packing.name}, which can't be read here: unpack it first ("${packing.undo} ${path}"), or pack it with gzip.`,
    );
  } finally {
    await file.close();
  }
}

/**
 * The bytes of a file of fixes, unpacked if it is gzipped, as they are read.
 *
 * @param onProgress hears how many bytes of the file have been read
 * @throws {ConfigError} CONFIG where it can't be read, or is packed in another way
 */
export async function* bytesOfFixes(
  path: string,
  onProgress: (bytes: number) => void,
): AsyncGenerator<Uint8Array, void> {
  let source: ReadStream | null = null;
  try {
    const mustUnpack = await isGzip(path);
    source = createReadStream(path, { highWaterMark: readBytes });
    const unpacked = mustUnpack ? source.pipe(createGunzip()) : source;
    source.once('error', (error) => unpacked.destroy(error));
    for await (const chunk of unpacked) {
      onProgress(source.bytesRead);
      if (chunk instanceof Uint8Array) yield chunk;
    }
  } catch (error) {
    throw error instanceof PipelineError ? error : cannotRead(path, error);
  } finally {
    source?.destroy();
  }
}

/** SHA-256, hex, of a file of fixes: unpacked, so that gzip makes it no other file. */
export async function digestOfFixes(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of bytesOfFixes(path, () => undefined)) hash.update(chunk);
  return hash.digest('hex');
}
