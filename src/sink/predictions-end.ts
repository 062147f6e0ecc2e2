import type { LaneEnvironment } from '../broker/lane-environment.js';
import { decodePrediction } from '../wire/prediction.js';

/** So many of a lane's last offsets are looked at first, and then eight times as many each time. */
const tailOffsets = 64;
const tailGrowth = 8;

/**
 * Behind which fix the plan's last prediction in a lane was made; 0 without one. Take-overs leave
 * marks behind it, which take up an offset each, and a worker of a plan before may have written late.
 */
export async function predictionsEnd(
  { laneLog, topics, plan }: Pick<LaneEnvironment, 'laneLog' | 'topics' | 'plan'>,
  lane: number,
): Promise<number> {
  const bounds = await laneLog.bounds(topics.predictions);
  const first = bounds.begin[lane] ?? 0;
  let end = bounds.end[lane] ?? 0;
  for (let offsets = tailOffsets; end > first; offsets *= tailGrowth) {
    const from = Math.max(first, end - offsets);
    let predictedTo = 0;
    let isOlderThanPlan = false;
    for await (const record of laneLog.read(topics.predictions, lane, from, end, true)) {
      isOlderThanPlan ||= record.timestampMs < plan.createdAtMs;
      if (record.value === null) continue;
      const prediction = decodePrediction(record.value);
      if (prediction.plan === plan.name) predictedTo = Math.max(predictedTo, prediction.offset + 1);
    }
    if (predictedTo > 0 || isOlderThanPlan) return predictedTo;
    end = from;
  }
  return 0;
}
