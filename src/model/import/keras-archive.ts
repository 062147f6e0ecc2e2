import { crc32 } from '@node-rs/crc32';
import yauzl from 'yauzl';
import { messageOf } from '../../errors.js';
import { ModelError } from '../errors.js';
import { greatestWeightsBytes } from './limits.js';
import type { Entry, ZipFile } from 'yauzl';

const mebibyte = 2 ** 20;

/** What a `.keras` file has in it, and how large each may be. */
const greatestBytes = {
  'config.json': 64 * mebibyte,
  'metadata.json': mebibyte,
  'model.weights.h5': greatestWeightsBytes,
};

/** Weights hardly shrink when they are packed, and configurations 30-fold. */
const greatestExpansion = 200;
const freeExpansionBytes = mebibyte;
const greatestEntryCount = 10_000;

/** The files in a `.keras` file. */
export type KerasArchive = Readonly<Record<keyof typeof greatestBytes, Buffer>>;

function invalid(message: string, cause?: unknown): ModelError {
  return new ModelError('MODEL_FILE_INVALID', `The .keras file ${message}`, cause);
}

function checkSize(entry: Entry, greatest: number): void {
  const { fileName, uncompressedSize: bytes, compressedSize: packed } = entry;
  if (bytes > greatest) {
    throw invalid(`holds a ${fileName} of ${bytes} bytes; at most ${greatest} are taken.`);
  }
  if (bytes > packed * greatestExpansion + freeExpansionBytes) {
    throw invalid(
      `says that ${packed} bytes unpack to a ${fileName} of ${bytes}; ` +
        `at most ${greatestExpansion} times as many are taken.`,
    );
  }
}

/** yauzl ends the stream with an error as soon as more bytes come than the directory says. */
async function unpack(zip: ZipFile, entry: Entry): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of await zip.openReadStreamPromise(entry)) {
    if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  if (crc32(bytes) !== entry.crc32) {
    throw invalid(`holds a damaged ${entry.fileName}: its checksum is another. Copy it again.`);
  }
  return bytes;
}

async function readEntries(bytes: Buffer): Promise<Map<string, Buffer>> {
  const zip = await yauzl.fromBufferPromise(bytes, { lazyEntries: true });
  if (zip.entryCount > greatestEntryCount) {
    throw invalid(`has ${zip.entryCount} entries; at most ${greatestEntryCount} are taken.`);
  }
  const limits = new Map(Object.entries(greatestBytes));
  const files = new Map<string, Buffer>();
  for await (const entry of zip.eachEntry()) {
    const greatest = limits.get(entry.fileName);
    if (greatest === undefined) continue;
    if (files.has(entry.fileName)) throw invalid(`holds ${entry.fileName} twice.`);
    checkSize(entry, greatest);
    files.set(entry.fileName, await unpack(zip, entry));
  }
  return files;
}

/**
 * Unpacks a `.keras` file: a zip archive with configuration, metadata and weights.
 * @throws {ModelError} MODEL_FILE_INVALID if it is no zip archive, is damaged, lacks a file, or would
 * unpack to more than is taken
 */
export async function readKerasArchive(bytes: Buffer): Promise<KerasArchive> {
  let files: Map<string, Buffer>;
  try {
    files = await readEntries(bytes);
  } catch (cause) {
    if (cause instanceof ModelError) throw cause;
    throw invalid(`can't be unpacked: ${messageOf(cause)}. Is it whole?`, cause);
  }
  const part = (name: keyof KerasArchive): Buffer => {
    const file = files.get(name);
    if (file) return file;
    const there = [...files.keys()].join(', ') || 'none of those that Keras writes';
    throw invalid(`has no ${name}; it has: ${there}. Save the model whole, in one file.`);
  };
  return {
    'config.json': part('config.json'),
    'metadata.json': part('metadata.json'),
    'model.weights.h5': part('model.weights.h5'),
  };
}
