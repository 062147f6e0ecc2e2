import { setTimeout as delay } from 'node:timers/promises';
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

/**
 * What a stage's worker takes that has all lanes of its plan and nothing to do in them: fetches that
 * wait, heartbeats, reports. It runs in this process, which does nothing else meanwhile.
 *
 * @param overMs by the clock
 * @returns cores: processor time over time
 * @throws {PipelineError} REST_STALLED where it does not get its lanes
 */
export async function restCores(
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

function stalled(open: number, lanes: number, cause: unknown): PipelineError {
  const why = cause === null ? '' : `: ${messageOf(cause)}`;
  return new PipelineError(
    `A stage whose rest was to be measured has opened ${open} of ${lanes} lanes within ${patienceMs / 1000} s${why}. Look at the broker's log, or leave it out with --no-broker.`,
    { code: 'REST_STALLED', disposition: 'fatal', cause },
  );
}
