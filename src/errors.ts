/**
 * What a worker does about an error:
 * - `retry`: it may pass by itself (a broker that is away);
 * - `deadLetter`: this item can never pass; it goes to the dead-letter topic, its neighbours go on;
 * - `fatal`: the lane or the process stops until a person decides.
 */
export type Disposition = 'retry' | 'deadLetter' | 'fatal';

/** What every {@link PipelineError} is made from, besides its message. */
export interface PipelineErrorOptions {
  /** Stable, upper-case identifier that programs may match on, such as `UNKNOWN_FINGERPRINT`. */
  readonly code: string;
  readonly disposition: Disposition;
  /** The error that led to this one. */
  readonly cause?: unknown;
}

/**
 * An error of Stagecoach's own. Its message says what was found, what was expected, and what to do.
 */
export class PipelineError extends Error {
  readonly code: string;
  readonly disposition: Disposition;

  constructor(message: string, options: PipelineErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = options.code;
    this.disposition = options.disposition;
  }
}

/** A configuration, a command line or an environment that can't be used as it is. */
export class ConfigError extends PipelineError {
  constructor(message: string, cause?: unknown) {
    super(message, { code: 'CONFIG', disposition: 'fatal', cause });
  }
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
