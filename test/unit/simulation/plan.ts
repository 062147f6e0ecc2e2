import { pipelineTopics } from '../../../src/broker/topics.js';
import { defaultRules } from '../../../src/geo/windows.js';
import { noForecast, type PlanRecord } from '../../../src/wire/partition-plan.js';

/** The plan of the simulated pipeline: two lanes, two stages. */
export const plan: PlanRecord = {
  name: 'p1',
  pipeline: 'taxi',
  modelDigest: 'digest',
  lanes: 2,
  topK: 2,
  encoding: 'raw',
  strategy: 'manual',
  cuts: [1],
  startOffsets: [0, 0],
  rules: { ...defaultRules, steps: 4 },
  createdAtMs: 0,
  ...noForecast,
};

export const topics = pipelineTopics(plan.pipeline);

/** Every lane of the plan. */
export const lanes = Array.from({ length: plan.lanes }, (_, lane) => lane);
