import { setTimeout as delay } from 'node:timers/promises';
import { createKafka } from '../../broker/kafka-client.js';
import { LaneLog } from '../../broker/lane-log.js';
import { fetchWaitMs } from '../../broker/lane-reader.js';
import { stageTopic } from '../../broker/topics.js';
import { messageOf, PipelineError } from '../../errors.js';
import { processorMs } from '../../processor-time.js';
import type { RowModel } from '../stage-logic.js';
import { startStage } from '../stage-runner.js';
import type { HopStand } from './hop-time.js';

const patienceMs = 60_000;
/** After the lanes were opened: what is done once for each is over then. */
const settleMs = 1_500;

/** Never run: nothing comes. */
const model: RowModel = {
  inputs: [{ name: 'activations', dtype: 'float32', itemShape: [1] }],
  outputs: [{ name: 'activations', dtype: 'float32', itemShape: [1] }],
  keeps: [],
  run: (inputs) => [...inputs],
};

const countedFetches = 200;

/**
 * What a stage's worker takes beside its records, whether or not there are any: heartbeats, commits,
 * reports, timers. It is what one takes that has all lanes of its plan and nothing to do in them,
 * without its fetches: those that find nothing then bring records under load, and are part of a hop.
 * All runs in this process, which does nothing else meanwhile.
 *
 * @param overMs by the clock
 * @returns cores: processor time over time
 * @throws {PipelineError} REST_STALLED where it does not get its lanes
 */
export async function restCores(stand: Omit<HopStand, 'writer'>, overMs: number): Promise<number> {
  const atRest = await coresAtRest(stand, overMs);
  const fetching = (await emptyFetchesMs(stand)) / fetchWaitMs;
  return Math.max(0, atRest - fetching);
}

async function coresAtRest(
  { client, plan, log }: Omit<HopStand, 'writer'>,
  overMs: number,
): Promise<number> {
  let failure: unknown = null;
  const worker = await startStage({
    ...{ client, plan, log, stage: 1, stages: 1, model, name: 'profile' },
    ...{ sessionTimeoutMs: 30_000, stallTimeoutMs: 10 * patienceMs },
    // Nothing is planned of it.
    deviationFactor: Infinity,
    onNotice: (notice) => log.warn(notice),
    onFatal: (error) => {
      failure ??= error;
    },
  });
  try {
    const deadlineMs = Date.now() + patienceMs;
    const openLanes = () => worker.health().lanes.filter(({ state }) => state === 'open').length;
    while (openLanes() < plan.lanes) {
      if (failure !== null || Date.now() > deadlineMs) {
        throw stalled(openLanes(), plan.lanes, failure);
      }
      await delay(20);
    }
    await delay(settleMs);
    const [startMs, startCpuMs] = [performance.now(), processorMs()];
    await delay(overMs);
    return (processorMs() - startCpuMs) / (performance.now() - startMs);
  } finally {
    await worker.stop();
  }
}

/** Processor time of a fetch that finds nothing, of each broker that leads lanes of the plan. */
async function emptyFetchesMs({ client, plan, log }: Omit<HopStand, 'writer'>): Promise<number> {
  const laneLog = await LaneLog.connect(createKafka(client, log));
  try {
    const topic = stageTopic(plan.pipeline, plan.name, 1);
    const bytes = { maxLaneBytes: 1024 * 1024, maxBytes: 6 * 1024 * 1024 };
    let ms = 0;
    for (const [nodeId, lanes] of await laneLog.leaders(topic, await laneLog.lanes(topic))) {
      const positions = new Map(lanes.map((lane) => [lane, 0]));
      const fetch = () =>
        laneLog.fetch(topic, nodeId, positions, { maxWaitMs: 0, ...bytes, committedOnly: false });
      for (let count = 0; count < countedFetches / 10; count += 1) await fetch();
      const startMs = processorMs();
      for (let count = 0; count < countedFetches; count += 1) await fetch();
      ms += (processorMs() - startMs) / countedFetches;
    }
    return ms;
  } finally {
    await laneLog.close();
  }
}

function stalled(open: number, lanes: number, cause: unknown): PipelineError {
  const why = cause === null ? '' : `: ${messageOf(cause)}`;
  return new PipelineError(
    `A stage whose rest was to be measured has opened ${open} of ${lanes} lanes within ${patienceMs / 1000} s${why}. Look at the broker's log, or leave it out with --no-broker.`,
    { code: 'REST_STALLED', disposition: 'fatal', cause },
  );
}
