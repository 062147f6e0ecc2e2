import { PipelineError } from '../errors.js';

/** An area that no grid can be laid over. */
export class AreaError extends PipelineError {
  constructor(message: string, cause?: unknown) {
    super(message, { code: 'INVALID_AREA', disposition: 'fatal', cause });
  }
}
