import { createReadStream, createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';

const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;
const endBytes = 22;
const stored = 0;
const deflated = 8;

async function readAt(file, position, length) {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, position);
  if (bytesRead !== length) throw new Error('The zip file ends too early');
  return buffer;
}

/** The directory at the end of the file. Zip64 is not read: no file here is near 4 GB. */
async function readEntries(file) {
  const { size } = await file.stat();
  const tailBytes = Math.min(size, endBytes + 0xffff);
  const tail = await readAt(file, size - tailBytes, tailBytes);
  let end = tail.length - endBytes;
  while (end >= 0 && tail.readUInt32LE(end) !== endSignature) end -= 1;
  if (end < 0) throw new Error('Not a zip file: it has no directory');
  const directory = await readAt(file, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
  const entries = [];
  let at = 0;
  for (let left = tail.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (directory.readUInt32LE(at) !== entrySignature) throw new Error('Broken zip directory');
    const nameBytes = directory.readUInt16LE(at + 28);
    entries.push({
      name: directory.toString('utf8', at + 46, at + 46 + nameBytes),
      method: directory.readUInt16LE(at + 10),
      packedBytes: directory.readUInt32LE(at + 20),
      bytes: directory.readUInt32LE(at + 24),
      position: directory.readUInt32LE(at + 42),
    });
    at += 46 + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

async function extract(path, file, entry, target, onBytes) {
  if (entry.method !== stored && entry.method !== deflated) {
    throw new Error(`${entry.name}: compression method ${entry.method} is not supported`);
  }
  const header = await readAt(file, entry.position, 30);
  const start = entry.position + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  mkdirSync(dirname(target), { recursive: true });
  let written = 0;
  const count = async function* (chunks) {
    for await (const chunk of chunks) {
      written += chunk.length;
      onBytes(chunk.length);
      yield chunk;
    }
  };
  if (entry.packedBytes === 0) writeFileSync(target, '');
  else {
    const output = createWriteStream(target);
    const packed = createReadStream(path, { start, end: start + entry.packedBytes - 1 });
    if (entry.method === stored) await pipeline(packed, count, output);
    else await pipeline(packed, createInflateRaw({ chunkSize: 1 << 20 }), count, output);
  }
  if (written !== entry.bytes) {
    throw new Error(`${entry.name}: ${written} bytes instead of ${entry.bytes}`);
  }
}

/**
 * Unpacks chosen files of a zip archive.
 * @param {string} path the archive
 * @param {(name: string) => string | undefined} targetOf where to write an entry; undefined leaves it out
 * @param {(bytes: number, ofBytes: number) => void} [onProgress]
 * @returns {Promise<number>} how many files it wrote
 */
export async function unzip(path, targetOf, onProgress = () => {}) {
  const file = await open(path);
  try {
    const chosen = [];
    for (const entry of await readEntries(file)) {
      const target = entry.name.endsWith('/') ? undefined : targetOf(entry.name);
      if (target !== undefined) chosen.push({ entry, target });
    }
    const ofBytes = chosen.reduce((sum, { entry }) => sum + entry.bytes, 0);
    let bytes = 0;
    for (const { entry, target } of chosen) {
      await extract(path, file, entry, target, (more) => onProgress((bytes += more), ofBytes));
    }
    return chosen.length;
  } finally {
    await file.close();
  }
}
