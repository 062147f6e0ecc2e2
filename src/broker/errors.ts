import { messageOf, PipelineError } from '../errors.js';

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

/** The membership in a consumer group has ended for good: no lane would be read any more. */
export class MembershipError extends PipelineError {
  constructor(groupId: string, cause: unknown) {
    super(
      `The membership in the consumer group ${groupId} has ended: ${messageOf(cause)}. All members of the group are to be Stagecoach workers, and the user has to have access to it.`,
      { code: 'MEMBERSHIP', disposition: 'fatal', cause },
    );
  }
}

/** A worker was told to stop, and something did not end in time. */
export class UncleanStopError extends PipelineError {
  constructor(what: string) {
    super(
      `The stop was not clean: ${what}. Nothing is lost: who takes the lanes over goes on from the end of their output.`,
      { code: 'UNCLEAN_STOP', disposition: 'fatal' },
    );
  }
}
