import type { PlannedRun } from './planned-run.js';

/** The best plan of a request, and what it is to be compared with. */
export interface PlanTable {
  readonly chosen: PlannedRun;
  /**
   * At index n − 1 the best plan with n workers, or fewer where more don't help; null where there is
   * none. For the goal `nodes` it is the fastest one, whatever rate is asked for, except that with as
   * many workers as the chosen plan has it is that.
   */
  readonly byNodeCount: readonly (PlannedRun | null)[];
  /** The best plan with one worker. */
  readonly single: PlannedRun | null;
  /** The best plan that doesn't cut the network: each of its workers has the whole. */
  readonly replicated: PlannedRun | null;
  /** The best plan that does. */
  readonly bestCut: PlannedRun | null;
  /**
   * At index n − 1 the same number of layers on each of the first n places, whatever rate is asked
   * for; null where memory is short or there are fewer layers.
   */
  readonly even: readonly (PlannedRun | null)[];
  /**
   * How sure it is that no plan is better:
   * - `complete`: none is;
   * - `kindsMerged`: there were too many kinds of nodes, and similar ones were taken for alike;
   * - `cutShort`: the search for a better one took too long, and was given up.
   */
  readonly proof: 'complete' | 'kindsMerged' | 'cutShort';
}
