import { PipelineError } from '../errors.js';
import { decodeTensorBatch, type TensorBatch } from '../wire/tensor-batch.js';
import { GapError } from './errors.js';
import type { LaneEnvironment } from './lane-environment.js';
import type { LaneRecord } from './lane-record.js';
import type { LaneProgress } from './lane-worker.js';

/**
 * How many records of an output lane's end are looked at: a worker that has lost the lane can have
 * written older coverage behind its successor's.
 */
const tailRecords = 8;
/** Where that shows less than what was committed, a late request of such a worker hides the rest. */
const longTailRecords = 160;

/**
 * Up to which fix a lane's output accounts: the highest `covers.to` among its last records.
 *
 * @returns null where the output holds nothing
 */
export async function outputCoverage(
  laneLog: LaneEnvironment['laneLog'],
  topic: string,
  lane: number,
  records = tailRecords,
): Promise<number | null> {
  const { begin, end } = await laneLog.bounds(topic);
  const first = begin[lane] ?? 0;
  const behind = end[lane] ?? 0;
  let coveredTo: number | null = null;
  const from = Math.max(first, behind - records);
  for await (const record of laneLog.read(topic, lane, from, behind)) {
    const to = batchOf(record)?.covers.to;
    if (to !== undefined) coveredTo = Math.max(coveredTo ?? to, to);
  }
  return coveredTo;
}

/**
 * The batch in a record of a stage topic that was read back; null where it is none. What is not
 * ours accounts for nothing, and the topic's readers dead-letter it.
 */
export function batchOf(record: LaneRecord): TensorBatch | null {
  if (record.value === null) return null;
  try {
    return decodeTensorBatch(record.value);
  } catch (error) {
    if (error instanceof PipelineError) return null;
    throw error;
  }
}

/** What says how far a lane of a worker has got. */
export interface LaneStartOptions extends Pick<LaneEnvironment, 'laneLog' | 'progressOf'> {
  readonly groupId: string;
  readonly inputTopic: string;
  readonly outputTopic: string;
  readonly lane: number;
  /** The first fix that the plan accounts for in this lane. */
  readonly startOffset: number;
  /** The group that writes the input, and what it reads; null for the windower, which fixes feed. */
  readonly upstream: { readonly groupId: string; readonly topic: string } | null;
}

/**
 * From which input record a lane is read, and which fixes its output accounts for already. The
 * output's end decides; where retention has emptied it, the commit does; where there is none, the
 * plan's start.
 *
 * @throws {GapError} where the input is empty, and the workers before have written more than was read
 */
export async function laneStart(options: LaneStartOptions): Promise<LaneProgress> {
  const { laneLog, progressOf, groupId, inputTopic, outputTopic, lane, upstream } = options;
  // Before the input's bounds: what is committed of it has been written by then.
  const written = upstream === null ? null : await progressOf(upstream.groupId, upstream.topic);
  const [tail, committed, bounds] = await Promise.all([
    outputCoverage(laneLog, outputTopic, lane),
    progressOf(groupId, inputTopic),
    laneLog.bounds(inputTopic),
  ]);
  const commit = committed.get(lane);
  const isHidden = tail !== null && commit !== undefined && commit.coveredTo > tail;
  const output = isHidden
    ? await outputCoverage(laneLog, outputTopic, lane, longTailRecords)
    : tail;
  const coveredTo = output ?? commit?.coveredTo ?? options.startOffset;
  const first = bounds.begin[lane] ?? 0;
  const writtenTo = written?.get(lane)?.coveredTo ?? coveredTo;
  if (first === bounds.end[lane] && writtenTo > coveredTo) {
    throw new GapError(
      `Lane ${lane} of ${inputTopic} is empty, and the fixes ${coveredTo} … ${writtenTo - 1} that were in it have not been read: they were deleted by retention, or the topic was made anew. The lane stops: see docs/architecture.md, "Gaps".`,
    );
  }
  const mayUse = commit !== undefined && commit.coveredTo <= coveredTo;
  return { nextOffset: mayUse ? Math.max(first, commit.nextOffset) : first, coveredTo };
}
