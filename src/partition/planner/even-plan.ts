import { checkStages, subModelRanges, type LayerRange } from '../cuts.js';
import { PartitionError } from '../errors.js';
import { evenCuts } from '../even.js';
import { checkRequest } from './check-request.js';
import { CostModel } from './cost-model.js';
import { describeRun } from './describe-run.js';
import { memoryShort } from './no-plan-error.js';
import { placesOf, type Place } from './places.js';
import type { PlannedRun } from './planned-run.js';
import type { PlanningStrategy } from './planning-strategy.js';

/**
 * The same number of layers on each of the first so many places, in the order of the nodes, whatever
 * goal and rate are asked for: what the earlier socket-based systems do.
 *
 * Its `plan` throws STAGES_INVALID, TOO_MANY_STAGES, NODES_INVALID or MEMORY_SHORT.
 */
export function evenPlan(stages: number): PlanningStrategy {
  return {
    name: 'even',
    plan(request) {
      checkRequest(request);
      const model = new CostModel(request.profile, request.encoding);
      checkStages(stages, model.layerCount);
      const places = placesOf(request.nodes);
      if (stages > places.length) {
        throw new PartitionError(
          'NODES_INVALID',
          `${stages} sub-models are asked for, each on a node of its own, and there is room for ` +
            `${places.length} workers: give more nodes.`,
        );
      }
      const run = evenRun(places.slice(0, stages), model, request.lanes);
      if (run === undefined) throw memoryShort(model, places, evenRanges(stages, model));
      return run;
    },
  };
}

/** An even cut with one sub-model on each place; undefined where layers or memory are short. */
export function evenRun(
  places: readonly Place[],
  model: CostModel,
  lanes: number,
): PlannedRun | undefined {
  if (places.length > model.layerCount) return undefined;
  const ranges = evenRanges(places.length, model);
  const stages = places.flatMap((place, index) => {
    const layers = ranges[index];
    const fits = layers !== undefined && model.memoryBytes(layers) <= place.memoryBytes;
    return fits ? [{ layers, places: [place] }] : [];
  });
  return stages.length === places.length ? describeRun('even', stages, model, lanes) : undefined;
}

function evenRanges(stages: number, { layerCount }: CostModel): LayerRange[] {
  return subModelRanges(evenCuts(layerCount, stages), layerCount);
}
