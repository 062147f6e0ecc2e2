import { doneWithin } from '../broker/done-within.js';
import { FencedWriter, type TakeOverOptions } from '../broker/fenced-writer.js';
import { groupOf, scoresTopic } from '../broker/topics.js';
import {
  connectWorker,
  workOnLanes,
  type RunningWorker,
  type WorkerOptions,
} from '../broker/worker-environment.js';
import { messageOf } from '../errors.js';
import type { Grid } from '../geo/grid.js';
import type { Logger } from '../log.js';
import { LiveQuality } from './live-quality.js';
import { openSinkLane } from './sink-lane.js';

/** Records whose predictions are sent together, at most. */
const maxRecordsPerTake = 128;
const maxQueuedBytes = 1024 * 1024;
/** What the sink has committed tells how full the pipeline is. Milliseconds. */
const commitEveryMs = 100;
/** Closing the connections takes no longer than this when a worker stops. */
const closingMs = 500;

/** Starts a worker that writes the predictions of its lanes, each lane fenced against others. */
export async function startSink(options: WorkerOptions, grid: Grid): Promise<RunningWorker> {
  const connected = await connectWorker(options, { role: 'sink', stage: 0 });
  const { kafka, log } = connected;
  let fenced = await FencedWriter.connect(kafka, log);
  const renew = connected.renew.bind(connected);
  const quality = new LiveQuality(grid.cellSizeM);
  connected.meter.tellQuality(() => quality.windows(performance.now()));
  // Not a copy: the connections in it are replaced now and then.
  const env = Object.assign(connected, {
    quality,
    takeOver: (lane: TakeOverOptions) => fenced.takeOver(lane),
    async renew() {
      const old = fenced;
      await renew();
      fenced = await FencedWriter.connect(kafka, log);
      void close(old, log);
    },
  });
  const { plan } = env;
  const worker = await workOnLanes(env, {
    groupId: groupOf(plan, 'sink'),
    topic: scoresTopic(plan.pipeline, plan.name),
    maxQueuedBytes,
    maxRecordsPerTake,
    committedOnly: false,
    commitEveryMs,
    open: (context) => openSinkLane(env, grid, context),
  });
  return {
    health: () => worker.health(),
    async stop() {
      try {
        await worker.stop();
      } finally {
        await doneWithin(closingMs, close(fenced, log));
      }
    },
  };
}

async function close(fenced: FencedWriter, log: Logger): Promise<void> {
  await fenced.close().catch((error: unknown) => {
    log.debug(`the connections were not closed: ${messageOf(error)}`);
  });
}
