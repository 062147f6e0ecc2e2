import type { LaneContext, OpenedLane } from '../../../src/broker/lane-worker.js';
import { groupOf, outputTopic, scoresTopic, stageTopic } from '../../../src/broker/topics.js';
import { openWindowerLane } from '../../../src/producer/windower-lane.js';
import { openSinkLane, type SinkEnvironment } from '../../../src/sink/sink-lane.js';
import { MicroBatcher } from '../../../src/stage/micro-batcher.js';
import { maxItemsPerRun, openStageLane } from '../../../src/stage/stage-lane.js';
import { StageLogic, type StageResult } from '../../../src/stage/stage-logic.js';
import { smallCity } from '../geo/small-city-grid.js';
import { plan, topics } from './plan.js';
import { rowModels } from './row-models.js';

/** One kind of worker: what it reads, and the pipeline's own code that opens a lane for it. */
export interface Role {
  readonly name: string;
  readonly groupId: string;
  readonly inputTopic: string;
  /** Immediates after which it has done all that comes of an answer; the MicroBatcher has its own. */
  readonly turns: number;
  readonly open: (env: SinkEnvironment, context: LaneContext) => Promise<OpenedLane>;
}

const { pipeline, name } = plan;
const stages = 2;

const windower: Role = {
  name: 'windower',
  groupId: groupOf(plan, 'windower'),
  inputTopic: topics.fixes,
  turns: 1,
  open: (env, context) => openWindowerLane(env, smallCity, context),
};

function stageRole(stage: 1 | 2): Role {
  return {
    name: `stage-${stage}`,
    groupId: groupOf(plan, `stage-${stage}`),
    inputTopic: stageTopic(pipeline, name, stage),
    turns: 3,
    open: (env, context) => {
      const logic = new StageLogic(stage, rowModels[stage]);
      const batcher = new MicroBatcher<StageResult>(maxItemsPerRun, (batches) =>
        logic.run(batches),
      );
      return openStageLane(env, { stage, stages }, batcher, context);
    },
  };
}

const sink: Role = {
  name: 'sink',
  groupId: groupOf(plan, 'sink'),
  inputTopic: scoresTopic(pipeline, name),
  turns: 1,
  open: (env, context) => openSinkLane(env, smallCity, context),
};

/** In the order in which data goes through them. */
export const roles: readonly Role[] = [windower, stageRole(1), stageRole(2), sink];

/** The topics between the workers, in the order in which data goes through them. */
export const imageTopics: readonly string[] = [0, 1, 2].map((stage) =>
  outputTopic(pipeline, name, stage, stages),
);
