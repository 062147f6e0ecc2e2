import { deflateRawSync } from 'node:zlib';
import { crc32 } from '@node-rs/crc32';

/** A file for an archive. */
export interface ZipPart {
  readonly name: string;
  readonly data: Buffer;
  /** Packed, not stored. */
  readonly deflate?: boolean;
  /** A size that the archive claims in place of the true one. */
  readonly claimedBytes?: number;
}

/** What the two headers of a file have in common, from the version that is needed on. */
function common({ name, data, deflate, claimedBytes }: ZipPart, packed: Buffer): Buffer {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(deflate === true ? 8 : 0, 4);
  fields.writeUInt32LE(crc32(data), 10);
  fields.writeUInt32LE(packed.length, 14);
  fields.writeUInt32LE(claimedBytes ?? data.length, 18);
  fields.writeUInt16LE(Buffer.byteLength(name), 22);
  return fields;
}

/** A zip archive. @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT section 4.3 */
export function zipOf(parts: readonly ZipPart[]): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const part of parts) {
    const packed = part.deflate === true ? deflateRawSync(part.data) : part.data;
    const fields = common(part, packed);
    const name = Buffer.from(part.name);
    const file = Buffer.concat([Buffer.from('PK\u0003\u0004'), fields, name, packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\u0001\u0002'), Buffer.from([20, 0]), fields, tail, name);
    files.push(file);
    offset += file.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006', 'latin1');
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...files, list, end]);
}
