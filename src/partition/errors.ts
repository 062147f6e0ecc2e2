import { PipelineError } from '../errors.js';

/** Why a network can't be cut as asked. */
export type PartitionErrorCode =
  /** The number of sub-models is no whole number from 1 up. */
  | 'STAGES_INVALID'
  /** More sub-models are asked for than the network has layers. */
  | 'TOO_MANY_STAGES'
  /** The cuts are no increasing layer indices inside the network, or not as many as needed. */
  | 'CUTS_INVALID';

/** A division of a network that is not possible. */
export class PartitionError extends PipelineError {
  declare readonly code: PartitionErrorCode;

  constructor(code: PartitionErrorCode, message: string) {
    super(message, { code, disposition: 'fatal' });
  }
}
