import { PipelineError } from '../errors.js';

/** Plans or models that are missing or broken on their topics. */
export class ControlError extends PipelineError {
  constructor(message: string, cause?: unknown) {
    super(message, { code: 'CONTROL', disposition: 'fatal', cause });
  }
}
