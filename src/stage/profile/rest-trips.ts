import { setTimeout as delay } from 'node:timers/promises';
import type { LaneLog } from '../../broker/lane-log.js';
import { scoresTopic, stageTopic } from '../../broker/topics.js';
import type { HostTensor } from '../../model/tensor.js';
import { processorMs } from '../../processor-time.js';
import { rowsFrom } from './records.js';
import { sendRecord, withTrialStage, type TrialStand, type Until } from './trial-stage.js';

/** Between two records: what was warm is cold again, as where there is little to do. */
const leastRestMs = 20;
/** So many times as long as what went before has computed: a quota must not hold up what comes next. */
const restTimes = 10;
/** The first ones find connections and leaders unknown. */
const warmUpTrips = 5;
/** The broker's times are whole milliseconds: the mean of some tells more than one of them. */
const tripsPerSample = 5;

/** One row, of one value: its bytes take no time on any connection. */
const smallRow: HostTensor = {
  name: 'activations',
  dtype: 'float32',
  shape: [1, 1],
  data: Float32Array.of(0.5),
};

/**
 * How long a lone small record takes through a stage at rest that has no layers: from the broker's
 * append of the record to that of what the stage has made of it, by the broker's clock. Means of five
 * trips each, after a rest before every one. Milliseconds.
 *
 * @param trips that count, at least five
 * @throws {PipelineError} HOP_STALLED where a record does not come through
 */
export async function restTrips(
  stand: TrialStand & { readonly laneLog: LaneLog },
  trips: number,
): Promise<number[]> {
  const model = {
    inputs: [{ name: smallRow.name, dtype: smallRow.dtype, itemShape: [1] }],
    outputs: [{ name: smallRow.name, dtype: smallRow.dtype, itemShape: [1] }],
    keeps: [],
    run: () => [rowsFrom(smallRow, 0, 1)],
  };
  await withTrialStage(stand, { model, items: 1 }, (until) =>
    makeTrips(stand, warmUpTrips + trips, until),
  );
  const { laneLog, plan } = stand;
  const [sent, made] = await Promise.all([
    appendTimes(laneLog, stageTopic(plan.pipeline, plan.name, 1)),
    appendTimes(laneLog, scoresTopic(plan.pipeline, plan.name)),
  ]);
  const tripsMs = sent.map((sentMs, at) => (made[at] ?? NaN) - sentMs).slice(warmUpTrips);
  return Array.from({ length: Math.floor(tripsMs.length / tripsPerSample) }, (_, sample) => {
    const from = sample * tripsPerSample;
    const some = tripsMs.slice(from, from + tripsPerSample);
    return some.reduce((sum, ms) => sum + ms, 0) / tripsPerSample;
  });
}

/** Sends records into the first lane, each after what was made of the one before is there. */
async function makeTrips(
  stand: TrialStand & { readonly laneLog: LaneLog },
  trips: number,
  until: Until,
): Promise<void> {
  const { laneLog, plan } = stand;
  const output = scoresTopic(plan.pipeline, plan.name);
  let computedMs = processorMs();
  const rest = async (): Promise<void> => {
    await delay(Math.max(leastRestMs, restTimes * (processorMs() - computedMs)));
    computedMs = processorMs();
  };
  for (let trip = 0; trip < trips; trip += 1) {
    await rest();
    await sendRecord(stand, 0, smallRow, { items: 1, from: trip });
    // Asking at once would be in the record's way.
    await rest();
    await until(async () => {
      const made = (await laneLog.bounds(output)).end[0] ?? 0;
      return made > trip ? made : null;
    });
  }
}

/** When the broker has appended the records of a topic's first lane. Unix time, milliseconds. */
async function appendTimes(laneLog: LaneLog, topic: string): Promise<number[]> {
  const found: number[] = [];
  for await (const { timestampMs } of laneLog.read(topic, 0, 0)) found.push(timestampMs);
  return found;
}
