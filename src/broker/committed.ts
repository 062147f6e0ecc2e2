import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../errors.js';
import type { PlanRecord } from '../wire/partition-plan.js';
import { BrokerError } from './errors.js';
import type { Admin } from './kafka-client.js';
import type { LaneProgress } from './lane-worker.js';
import { groupOf, pipelineTopics, scoresTopic } from './topics.js';

const maxAttempts = 8;

/**
 * How far a group has committed that it has read each lane of a topic, with the coverage that it
 * wrote beside the offset. Lanes without a commit are absent.
 *
 * @throws {BrokerError} where the group's coordinator does not answer
 */
export async function committedProgress(
  admin: Admin,
  groupId: string,
  topic: string,
): Promise<Map<number, LaneProgress>> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return progressIn(await admin.fetchOffsets({ groupId, topics: [topic] }));
    } catch (error) {
      // A new cluster makes the topic of its groups' offsets only when it is first asked for one.
      if (attempt === maxAttempts) {
        throw new BrokerError(
          `The committed offsets of ${groupId} can't be had: ${messageOf(error)}`,
          error,
        );
      }
      await delay(100 * attempt);
    }
  }
}

/**
 * Up to which fix of each lane a plan's windower or sink has accounted: where it has committed
 * nothing, the plan's start.
 */
export async function committedCoverage(
  admin: Admin,
  plan: PlanRecord,
  workers: 'windower' | 'sink',
): Promise<number[]> {
  const { pipeline, name } = plan;
  const input = workers === 'sink' ? scoresTopic(pipeline, name) : pipelineTopics(pipeline).fixes;
  const reached = await committedProgress(admin, groupOf(plan, workers), input);
  return Array.from(
    { length: plan.lanes },
    (_, lane) => reached.get(lane)?.coveredTo ?? plan.startOffsets[lane] ?? 0,
  );
}

type FetchedOffsets = Awaited<ReturnType<Admin['fetchOffsets']>>;

function progressIn([found]: FetchedOffsets): Map<number, LaneProgress> {
  const progress = new Map<number, LaneProgress>();
  for (const { partition, offset, metadata } of found?.partitions ?? []) {
    const coveredTo = parseCoverage(metadata);
    if (Number(offset) < 0 || coveredTo === null) continue;
    progress.set(partition, { nextOffset: Number(offset), coveredTo });
  }
  return progress;
}

function parseCoverage(metadata: string | null): number | null {
  if (metadata === null || metadata === '') return null;
  try {
    const parsed: unknown = JSON.parse(metadata);
    const coveredTo =
      typeof parsed === 'object' && parsed !== null
        ? (Reflect.get(parsed, 'coveredTo') as unknown)
        : null;
    return typeof coveredTo === 'number' ? coveredTo : null;
  } catch {
    // Not a commit of ours: somebody reset the group's offsets by hand, which is as good as none.
    return null;
  }
}
