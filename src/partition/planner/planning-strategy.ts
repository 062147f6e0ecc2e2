import type { PlanRequest } from './plan-request.js';
import type { PlannedRun } from './planned-run.js';

/**
 * A way to decide where a network is cut and what runs where. A `PartitionStrategy` decides on cuts
 * alone, by what is known of a network that nobody has profiled.
 */
export interface PlanningStrategy {
  /** As it stands in a plan. */
  readonly name: string;
  /** @throws {PartitionError} where the request can't be met; the strategies say how */
  plan(request: PlanRequest): PlannedRun;
}
