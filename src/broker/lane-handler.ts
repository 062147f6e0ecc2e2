import type { LaneRecord } from './lane-record.js';

/** How far a lane has got: the next record to read, and the fixes that the output accounts for. */
export interface LaneProgress {
  readonly nextOffset: number;
  readonly coveredTo: number;
}

/** What a worker does with the records of one lane. */
export interface LaneHandler {
  /** Takes records in their order. Resolves when it is ready for more. */
  take(records: readonly LaneRecord[]): Promise<void>;
  /** How long it would rather wait, for more to come, before it takes what is there. Milliseconds. */
  gatherMs?(): number;
  /**
   * Called when nothing new has come for a while.
   *
   * @param readTo the lane holds nothing for its readers before this offset that was not taken
   */
  idle?(readTo: number): Promise<void>;
  /** Resolves when the output of all that was taken is acknowledged. */
  drain(): Promise<void>;
}

/** What the handler of a lane is given by its worker. */
export interface LaneContext {
  readonly lane: number;
  /** Aborted when the lane goes to another worker. */
  readonly signal: AbortSignal;
  /** Aborted then too, and when the worker is to stop: what is not begun yet is left to others. */
  readonly ending: AbortSignal;
  /** To be told of every acknowledged output. */
  readonly acknowledged: (progress: LaneProgress) => void;
}

/** A lane ready to be read: from where, and by what. */
export interface OpenedLane {
  readonly fromOffset: number;
  readonly handler: LaneHandler;
}
