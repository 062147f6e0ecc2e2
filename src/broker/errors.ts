import { PipelineError } from '../errors.js';

/** Something about the cluster that may pass: the worker tries again. */
export class BrokerError extends PipelineError {
  constructor(message: string, cause?: unknown) {
    super(message, { code: 'BROKER', disposition: 'retry', cause });
  }
}

/** Topics that are missing or not laid out as the pipeline needs them. */
export class TopicError extends PipelineError {
  constructor(message: string, cause?: unknown) {
    super(message, { code: 'TOPIC', disposition: 'fatal', cause });
  }
}

/**
 * Fixes of a lane that its reader needs next are not there: nothing may be skipped silently, so
 * the lane stops until a person decides.
 */
export class GapError extends PipelineError {
  constructor(message: string) {
    super(message, { code: 'GAP', disposition: 'fatal' });
  }
}
