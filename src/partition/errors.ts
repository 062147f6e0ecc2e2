import { PipelineError } from '../errors.js';

/** Why a network can't be cut as asked. */
export type PartitionErrorCode =
  /** The number of sub-models is no whole number from 1 up. */
  | 'STAGES_INVALID'
  /** More sub-models are asked for than the network has layers. */
  | 'TOO_MANY_STAGES'
  /** The cuts are no increasing layer indices inside the network, or not as many as needed. */
  | 'CUTS_INVALID'
  /** A file is no profile, or one of another version. */
  | 'PROFILE_INVALID'
  /** The profile lacks what the plan needs of it: an encoding, a layer's times. */
  | 'PROFILE_INCOMPLETE'
  /** There is no node to plan for, two have one name, or one is named that there isn't. */
  | 'NODES_INVALID'
  /** The number of lanes is no whole number from 1 up. */
  | 'LANES_INVALID'
  /** The fewest nodes are asked for, and no rate, or none above 0. */
  | 'RATE_INVALID'
  /** The network does not fit into the nodes' memory. */
  | 'MEMORY_SHORT'
  /** No plan keeps up with the rate that is asked for. */
  | 'RATE_UNREACHABLE';

/** A division of a network that is not possible, or a profile that says nothing of one. */
export class PartitionError extends PipelineError {
  declare readonly code: PartitionErrorCode;

  constructor(code: PartitionErrorCode, message: string, cause?: unknown) {
    super(message, { code, disposition: 'fatal', cause });
  }
}
