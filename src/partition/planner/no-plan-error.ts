import type { LayerRange } from '../cuts.js';
import { PartitionError } from '../errors.js';
import type { CostModel } from './cost-model.js';
import { allowedBy, type PlanFinder } from './plan-finder.js';
import type { PlanRequest } from './plan-request.js';
import { placesOf, type Place } from './places.js';

const mib = 2 ** 20;

/** Why there is no plan for the request: its rate can't be reached, or memory is short. */
export function noPlanError(
  finder: PlanFinder,
  request: PlanRequest,
  cuts?: readonly LayerRange[],
): PartitionError {
  const isAllowed = cuts && allowedBy(cuts);
  const fastest = finder.fastest({ maxWorkers: finder.placeCount, isAllowed }, undefined);
  if (fastest === undefined) return memoryShort(finder.model, placesOf(request.nodes), cuts);
  const { itemsPerS, bottleneck, stages } = fastest;
  return new PartitionError(
    'RATE_UNREACHABLE',
    `${request.ratePerS ?? 0} items a second are asked for, and the fastest plan does ` +
      `${itemsPerS.toPrecision(4)}, held up by the ${stages[bottleneck - 1]?.limit ?? 'processor'} ` +
      `of stage ${bottleneck}: ask for less, or give more nodes, faster ones or more lanes.`,
  );
}

/**
 * The network doesn't fit into workers' memory: one layer doesn't, or they are too few.
 * @param cuts sub-models that it has to be, if it may not be cut elsewhere
 */
export function memoryShort(
  model: CostModel,
  places: readonly Place[],
  cuts?: readonly LayerRange[],
): PartitionError {
  const room = Math.max(...places.map(({ memoryBytes }) => memoryBytes));
  const parts = cuts ?? model.layerNames.map((_, from) => ({ from, to: from + 1 }));
  const needs = parts.map((part) => model.memoryBytes(part));
  const most = Math.max(...needs);
  const largest = parts[needs.indexOf(most)] ?? { from: 0, to: 0 };
  const names = [model.layerNames[largest.from], model.layerNames[largest.to - 1]];
  const what =
    largest.to - largest.from === 1
      ? `Layer ${names[0] ?? ''} needs`
      : `The layers from ${names[0] ?? ''} to ${names[1] ?? ''} need`;
  const found =
    most > room
      ? `${what} ${inMib(most)} in a worker, and the largest may use ${inMib(room)}`
      : `${what} ${inMib(most)} in a worker, the whole network ` +
        `${inMib(model.memoryBytes({ from: 0, to: model.layerCount }))}, and the ${places.length} ` +
        `workers that there is room for, the largest with ${inMib(room)}, can't hold it together`;
  return new PartitionError(
    'MEMORY_SHORT',
    `${found}: give nodes with more memory, or more nodes.`,
  );
}

function inMib(bytes: number): string {
  return `${(bytes / mib).toFixed(1)} MiB`;
}
