/** The part of yauzl that is used here; the package has no types of its own. */
declare module 'yauzl' {
  import type { Readable } from 'node:stream';

  /** A file in an archive, as the archive's directory describes it. */
  export interface Entry {
    readonly fileName: string;
    readonly compressedSize: number;
    readonly uncompressedSize: number;
    readonly crc32: number;
  }

  /** An archive that is open. */
  export interface ZipFile {
    readonly entryCount: number;
    eachEntry(): AsyncIterable<Entry>;
    openReadStreamPromise(entry: Entry): Promise<Readable>;
  }

  const yauzl: {
    fromBufferPromise(buffer: Buffer, options: { readonly lazyEntries: true }): Promise<ZipFile>;
  };
  export default yauzl;
}
