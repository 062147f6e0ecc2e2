import { LaneWorker } from '../broker/lane-worker.js';
import { groupOf } from '../broker/topics.js';
import {
  connectWorker,
  superviseWorker,
  type RunningWorker,
  type WorkerOptions,
} from '../broker/worker-environment.js';
import type { Grid } from '../geo/grid.js';
import { openWindowerLane } from './windower-lane.js';

const maxFixesPerTake = 1_024;
const maxQueuedBytes = 1024 * 1024;

/** Starts a worker that turns the fixes of its lanes into windows. */
export async function startWindower(options: WorkerOptions, grid: Grid): Promise<RunningWorker> {
  const env = await connectWorker(options, { role: 'windower', stage: 0 });
  const { plan, topics } = env;
  const worker = await LaneWorker.start(
    {
      kafka: env.kafka,
      client: env.client,
      groupId: groupOf(plan, 'windower'),
      topic: topics.fixes,
      sessionTimeoutMs: env.sessionTimeoutMs,
      maxQueuedBytes,
      maxRecordsPerTake: maxFixesPerTake,
      // Anybody may write fixes, in transactions too.
      committedOnly: true,
      commits: true,
      open: (context) => openWindowerLane(env, grid, context),
      onNotice: env.onNotice,
      onFatal: env.onFatal,
    },
    env.log,
  );
  return superviseWorker(env, worker);
}
