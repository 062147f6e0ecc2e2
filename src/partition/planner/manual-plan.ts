import { subModelRanges, type LayerRange } from '../cuts.js';
import { PartitionError } from '../errors.js';
import { checkRequest } from './check-request.js';
import { describeRun, type StageOnPlaces } from './describe-run.js';
import { memoryShort, noPlanError } from './no-plan-error.js';
import { allowedBy, PlanFinder } from './plan-finder.js';
import { placesOf, type Place } from './places.js';
import type { PlanningStrategy } from './planning-strategy.js';

/**
 * Exactly the given cuts: on the given nodes, or else on those that are best for the request's goal.
 *
 * Its `plan` throws CUTS_INVALID, NODES_INVALID (a name that isn't among the nodes, or more often
 * than the node has places), MEMORY_SHORT or RATE_UNREACHABLE.
 *
 * @param cuts index of the first layer of the 2nd, 3rd, … sub-model
 * @param nodes for each sub-model the names of its workers' nodes
 */
export function manualPlan(
  cuts: readonly number[],
  nodes?: readonly (readonly string[])[],
): PlanningStrategy {
  const name = 'manual';
  return {
    name,
    plan(request) {
      checkRequest(request);
      const finder = new PlanFinder(request);
      const { model } = finder;
      const ranges = subModelRanges(cuts, model.layerCount);
      if (nodes === undefined) {
        const limits = { maxWorkers: finder.placeCount, isAllowed: allowedBy(ranges) };
        const found = finder.best(request.goal, limits);
        if (found === undefined) throw noPlanError(finder, request, ranges);
        return { ...found, strategy: name };
      }
      const stages = onPlaces(ranges, nodes, placesOf(request.nodes));
      for (const { layers, places } of stages) {
        if (places.some(({ memoryBytes }) => model.memoryBytes(layers) > memoryBytes)) {
          throw memoryShort(model, places, [layers]);
        }
      }
      return describeRun(name, stages, model, request.lanes);
    },
  };
}

function onPlaces(
  ranges: readonly LayerRange[],
  nodes: readonly (readonly string[])[],
  places: readonly Place[],
): StageOnPlaces[] {
  const free = [...places];
  return ranges.map((layers, index) => {
    const names = nodes[index] ?? [];
    if (names.length === 0) {
      throw new PartitionError(
        'NODES_INVALID',
        `Sub-model ${index + 1} has no node: ${nodes.length} lists of nodes are given for ` +
          `${ranges.length} sub-models, and each has one node at least.`,
      );
    }
    return { layers, places: names.map((name) => takenFrom(free, name)) };
  });
}

function takenFrom(free: Place[], name: string): Place {
  const index = free.findIndex(({ node }) => node === name);
  const [place] = index < 0 ? [] : free.splice(index, 1);
  if (place === undefined) {
    throw new PartitionError(
      'NODES_INVALID',
      `There is no place left on a node ${name}: a node is given as often as it has whole cores, ` +
        'and once at least.',
    );
  }
  return place;
}
