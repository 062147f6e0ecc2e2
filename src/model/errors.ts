import { PipelineError } from '../errors.js';

/** What can be wrong with a model or with what it is given. */
export type ModelErrorCode =
  /** A file that the model needs is not there. */
  | 'MODEL_FILE_MISSING'
  /** A file is there, but is not what it should be. */
  | 'MODEL_FILE_INVALID'
  /** The files are sound, but the network is none that can be run here. */
  | 'MODEL_UNSUPPORTED'
  /** The layer range or another argument does not fit the model. */
  | 'MODEL_RANGE'
  /** A tensor that was handed to a sub-model has the wrong name, shape, type or values. */
  | 'TENSOR_INVALID'
  /** TensorFlow refused to load or to run a graph. */
  | 'ENGINE_FAILED';

/** An error of the model room: model files, engine, training. */
export class ModelError extends PipelineError {
  declare readonly code: ModelErrorCode;

  constructor(code: ModelErrorCode, message: string, cause?: unknown) {
    super(message, {
      code,
      disposition: code === 'TENSOR_INVALID' ? 'deadLetter' : 'fatal',
      cause,
    });
  }
}
