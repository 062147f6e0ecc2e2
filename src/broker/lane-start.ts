import { PipelineError } from '../errors.js';
import { decodeTensorBatch, type TensorBatch } from '../wire/tensor-batch.js';
import type { LaneEnvironment } from './lane-environment.js';
import type { LaneRecord } from './lane-record.js';
import type { LaneProgress } from './lane-worker.js';

/**
 * How many records of an output lane's end are looked at: a worker that has lost the lane can have
 * written older coverage behind its successor's.
 */
const tailRecords = 8;

/**
 * Up to which fix a lane's output accounts: the highest `covers.to` among its last records.
 *
 * @returns null where the output holds nothing
 */
export async function outputCoverage(
  laneLog: LaneEnvironment['laneLog'],
  topic: string,
  lane: number,
): Promise<number | null> {
  const { begin, end } = await laneLog.bounds(topic);
  const first = begin[lane] ?? 0;
  const behind = end[lane] ?? 0;
  let coveredTo: number | null = null;
  const from = Math.max(first, behind - tailRecords);
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
}

/**
 * From which input record a lane is read, and which fixes its output accounts for already. The
 * output's end decides; where retention has emptied it, the commit does; where there is none, the
 * plan's start.
 */
export async function laneStart(options: LaneStartOptions): Promise<LaneProgress> {
  const { laneLog, progressOf, groupId, inputTopic, outputTopic, lane } = options;
  const [output, committed, bounds] = await Promise.all([
    outputCoverage(laneLog, outputTopic, lane),
    progressOf(groupId, inputTopic),
    laneLog.bounds(inputTopic),
  ]);
  const commit = committed.get(lane);
  const coveredTo = output ?? commit?.coveredTo ?? options.startOffset;
  const first = bounds.begin[lane] ?? 0;
  const mayUse = commit !== undefined && commit.coveredTo <= coveredTo;
  return { nextOffset: mayUse ? Math.max(first, commit.nextOffset) : first, coveredTo };
}
