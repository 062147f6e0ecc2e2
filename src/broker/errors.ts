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

/** A lane can't go on, and its worker's other lanes can: it stops until a person decides. */
export abstract class LaneStopError extends PipelineError {
  constructor(message: string, code: string, cause?: unknown) {
    super(message, { code, disposition: 'fatal', cause });
  }
}

/** Fixes of a lane that its reader needs next are not there: nothing may be skipped silently. */
export class GapError extends LaneStopError {
  constructor(message: string) {
    super(message, 'GAP');
  }
}

/** A topic that a lane is read from, or written to, was deleted. */
export class TopicGoneError extends LaneStopError {
  constructor(message: string, cause: unknown) {
    super(message, 'TOPIC_GONE', cause);
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

/** Whether kafkajs says that another try would be answered the same. */
export function isFinal(error: unknown): boolean {
  return error instanceof Error && Reflect.get(error, 'retriable') === false;
}
