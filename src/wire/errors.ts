import { PipelineError } from '../errors.js';
import type { Disposition } from '../errors.js';

/**
 * What can be wrong with a record:
 * - `UNKNOWN_FORMAT`: the bytes are no framing that is known;
 * - `UNKNOWN_FINGERPRINT`: the framing names a schema that nobody here knows;
 * - `WRONG_SCHEMA`: a known record of another kind, or one that can't be read as the wanted kind;
 * - `INVALID_RECORD`: the schema is known, the body is not of it;
 * - `INVALID_TENSOR`: a tensor whose shape, element type, encoding and data don't agree;
 * - `INVALID_SCHEMA`: not an Avro schema;
 * - `ZSTD_NOT_READY`: a zstd encoding was used before `ready()` had resolved.
 */
export type WireErrorCode =
  | 'UNKNOWN_FORMAT'
  | 'UNKNOWN_FINGERPRINT'
  | 'WRONG_SCHEMA'
  | 'INVALID_RECORD'
  | 'INVALID_TENSOR'
  | 'INVALID_SCHEMA'
  | 'ZSTD_NOT_READY';

/** What a {@link WireError} may carry besides its code and message. */
export interface WireErrorOptions {
  /** `deadLetter` if not given: the bytes stay what they are. */
  readonly disposition?: Disposition;
  readonly cause?: unknown;
}

/** A record that can't be read or written. */
export class WireError extends PipelineError {
  declare readonly code: WireErrorCode;

  constructor(code: WireErrorCode, message: string, options: WireErrorOptions = {}) {
    super(message, {
      code,
      disposition: options.disposition ?? 'deadLetter',
      cause: options.cause,
    });
  }
}
