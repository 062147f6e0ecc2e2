import { PartitionError } from '../errors.js';
import type { PlanRequest } from './plan-request.js';

/**
 * Passes if the request is one that a planner can work on.
 * @throws {PartitionError} NODES_INVALID, LANES_INVALID, RATE_INVALID
 */
export function checkRequest({ nodes, lanes, goal, ratePerS }: PlanRequest): void {
  if (nodes.length === 0) {
    throw new PartitionError('NODES_INVALID', 'There are no nodes to plan for: give one at least.');
  }
  const names = nodes.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) {
    throw new PartitionError(
      'NODES_INVALID',
      `Two nodes are called ${twice}: a plan tells nodes apart by their names, so give each its own.`,
    );
  }
  if (!Number.isInteger(lanes) || lanes < 1) {
    throw new PartitionError(
      'LANES_INVALID',
      `The plan is for ${lanes} lanes; a whole number from 1 up is expected.`,
    );
  }
  const needsRate = goal === 'nodes' && ratePerS === undefined;
  if (needsRate || (ratePerS !== undefined && !(ratePerS > 0 && ratePerS < Infinity))) {
    throw new PartitionError(
      'RATE_INVALID',
      needsRate
        ? 'The fewest nodes are asked for, but no rate: say how many items a second they must do.'
        : `The plan is for ${ratePerS} items a second; a number above 0 is expected.`,
    );
  }
}
