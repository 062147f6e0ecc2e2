import type { Logger } from '../log.js';
import type { DeadLetter } from '../wire/dead-letter.js';
import type { PlanRecord } from '../wire/partition-plan.js';
import { encodeTensorBatchParts, type TensorBatch } from '../wire/tensor-batch.js';
import { sendDeadLetters } from './dead-letter-writer.js';
import type { LaneLog } from './lane-log.js';
import type { LaneProgress } from './lane-worker.js';
import { valueBytes, type OutgoingRecord, type RecordWriter } from './lane-writer.js';
import type { PipelineTopics } from './topics.js';
import type { WorkerMeter } from './worker-meter.js';

/**
 * All of the world that the handler of a lane can see: a worker's connections to Kafka or, in
 * test/unit/simulation, a Kafka in memory.
 */
export interface LaneEnvironment {
  readonly plan: PlanRecord;
  readonly topics: PipelineTopics;
  /** For look-ups that must not wait. */
  readonly laneLog: Pick<LaneLog, 'bounds' | 'offsetsAt' | 'read'>;
  readonly writer: RecordWriter;
  /** How far a group has committed in each lane of a topic; lanes without a commit are absent. */
  readonly progressOf: (
    groupId: string,
    topic: string,
  ) => Promise<ReadonlyMap<number, LaneProgress>>;
  readonly meter: WorkerMeter;
  readonly log: Logger;
}

/** Counts dead letters and sends them. Resolves when they are acknowledged. */
export async function bury(
  { meter, writer, topics }: LaneEnvironment,
  letters: readonly DeadLetter[],
  signal: AbortSignal,
): Promise<void> {
  meter.deadLetters(letters.length);
  await sendDeadLetters(writer, topics.deadLetter, letters, signal);
}

/** The records of a worker's output, in the plan's encoding, counted and timed. */
export function encodeBatches(
  { meter, plan }: LaneEnvironment,
  batches: readonly TensorBatch[],
): OutgoingRecord[] {
  return batches.map((batch) => {
    const startMs = performance.now();
    const [value = Buffer.alloc(0), ...tail] = encodeTensorBatchParts(batch, plan.encoding);
    const record = { key: null, value, tail };
    meter.encoded(batch.items.length, valueBytes(record), performance.now() - startMs);
    return record;
  });
}
