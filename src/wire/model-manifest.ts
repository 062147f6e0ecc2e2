import { RecordCodec } from './record-codec.js';
import type { DecodeOptions } from './record-codec.js';

/** One file of a model, cut into chunks that travel apart. */
export interface ManifestFile {
  /** Relative to the model's folder, with forward slashes. */
  readonly path: string;
  /** Length of the whole file. */
  readonly bytes: number;
  /** SHA-256 of each chunk in hexadecimal, in order. */
  readonly chunks: readonly string[];
}

/** The files of a model: architecture, weights, grid. */
export interface ModelManifest {
  /** SHA-256 in hexadecimal; names the model. */
  readonly digest: string;
  readonly name: string;
  /** Epoch milliseconds, UTC. */
  readonly createdAtMs: number;
  readonly files: readonly ManifestFile[];
}

interface ManifestBody {
  readonly digest: string;
  readonly name: string;
  readonly createdAt: number;
  readonly files: readonly ManifestFile[];
}

const codec = new RecordCodec<ModelManifest, ManifestBody>({
  schema: 'model-manifest',
  toBody: ({ createdAtMs, ...same }) => ({ ...same, createdAt: createdAtMs }),
  fromBody: ({ createdAt, files, ...same }) => ({
    ...same,
    createdAtMs: createdAt,
    files: files.map((file) => ({ ...file })),
  }),
  sizeHintBytes: ({ files }) => 512 + 512 * files.length,
});

/**
 * Avro single-object encoding of a manifest.
 *
 * @throws {WireError} INVALID_RECORD
 */
export function encodeModelManifest(manifest: ModelManifest): Buffer {
  return codec.encode(manifest);
}

/** @throws {WireError} UNKNOWN_FORMAT, UNKNOWN_FINGERPRINT, WRONG_SCHEMA, INVALID_RECORD */
export function decodeModelManifest(bytes: Uint8Array, options?: DecodeOptions): ModelManifest {
  return codec.decode(bytes, options);
}
