import { groupOf } from '../broker/topics.js';
import {
  connectWorker,
  workOnLanes,
  type RunningWorker,
  type WorkerOptions,
} from '../broker/worker-environment.js';
import type { Grid } from '../geo/grid.js';
import { openWindowerLane } from './windower-lane.js';

const maxFixesPerTake = 1_024;
const maxQueuedBytes = 1024 * 1024;
const commitEveryMs = 1_000;

/** Starts a worker that turns the fixes of its lanes into windows. */
export async function startWindower(options: WorkerOptions, grid: Grid): Promise<RunningWorker> {
  const env = await connectWorker(options, { role: 'windower', stage: 0 });
  const { plan, topics } = env;
  return workOnLanes(env, {
    groupId: groupOf(plan, 'windower'),
    topic: topics.fixes,
    maxQueuedBytes,
    maxRecordsPerTake: maxFixesPerTake,
    // Anybody may write fixes, in transactions too.
    committedOnly: true,
    commitEveryMs,
    open: (context) => openWindowerLane(env, grid, context),
  });
}
