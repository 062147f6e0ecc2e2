import { BrokerError } from './errors.js';
import type { Admin } from './kafka-client.js';
import type { LaneProgress } from './lane-worker.js';

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
  try {
    const [found] = await admin.fetchOffsets({ groupId, topics: [topic] });
    const progress = new Map<number, LaneProgress>();
    for (const { partition, offset, metadata } of found?.partitions ?? []) {
      const coveredTo = parseCoverage(metadata);
      if (Number(offset) < 0 || coveredTo === null) continue;
      progress.set(partition, { nextOffset: Number(offset), coveredTo });
    }
    return progress;
  } catch (error) {
    throw new BrokerError(`The committed offsets of ${groupId} can't be had.`, error);
  }
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
