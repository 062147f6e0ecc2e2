import { LaneTransactions, type LaneTransactionOptions } from '../broker/lane-transactions.js';
import { groupOf, scoresTopic } from '../broker/topics.js';
import {
  connectWorker,
  workOnLanes,
  type RunningWorker,
  type WorkerOptions,
} from '../broker/worker-environment.js';
import type { Grid } from '../geo/grid.js';
import { openSinkLane } from './sink-lane.js';

/** Records in one transaction, at most: a commit costs some 20 ms, whatever is in it. */
const maxRecordsPerTransaction = 128;
const maxQueuedBytes = 1024 * 1024;

/** Starts a worker that writes the predictions of its lanes, each in one transaction's care. */
export async function startSink(options: WorkerOptions, grid: Grid): Promise<RunningWorker> {
  const connected = await connectWorker(options, { role: 'sink', stage: 0 });
  // Not a copy: the connections in it are replaced now and then.
  const env = Object.assign(connected, {
    openTransactions: (lane: LaneTransactionOptions) =>
      LaneTransactions.open(options.client, lane, options.log),
  });
  const { plan } = env;
  return workOnLanes(env, {
    groupId: groupOf(env.plan, 'sink'),
    topic: scoresTopic(plan.pipeline, plan.name),
    maxQueuedBytes,
    maxRecordsPerTake: maxRecordsPerTransaction,
    committedOnly: false,
    commits: false,
    open: (context) => openSinkLane(env, grid, context),
  });
}
