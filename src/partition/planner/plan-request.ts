import type { Encoding } from '../../wire/tensor.js';
import type { NodeResources, Profile } from '../profile.js';

/**
 * What a plan is chosen for:
 * - `throughput`: the most items a second;
 * - `latency`: the shortest way of one item through an idle pipeline;
 * - `nodes`: the fewest workers that keep up with a rate;
 * - `energy`: the fewest bytes over the network.
 */
export type Goal = 'throughput' | 'latency' | 'nodes' | 'energy';

/** What a planner is asked. */
export interface PlanRequest {
  readonly profile: Profile;
  /** Those that may be used; the plan need not use all. */
  readonly nodes: readonly NodeResources[];
  readonly goal: Goal;
  /**
   * Items a second that the plan must keep up with: needed for `nodes`, possible for `latency` and
   * `energy`; for `throughput` it changes nothing.
   */
  readonly ratePerS?: number;
  /** Lanes of the pipeline: a stage has no use for more workers. */
  readonly lanes: number;
  /** How tensors are encoded on their way. */
  readonly encoding: Encoding;
}
