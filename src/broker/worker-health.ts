import type { WorkerTotals } from './worker-meter.js';

/** How a lane of a worker is. */
export interface LaneHealth {
  readonly lane: number;
  readonly state: 'opening' | 'open' | 'stopped' | 'stalled';
  /** Records that nobody has taken yet. */
  readonly lag: number;
  /** Why it is stopped; null else. */
  readonly reason: string | null;
}

/** How a worker's lanes and its place in its group are. */
export interface LanesHealth {
  /** `joining` also while the group shares its lanes out anew. */
  readonly membership: 'joining' | 'member' | 'restarting' | 'stopping';
  readonly lanes: readonly LaneHealth[];
  /** What has stood still for too long, in words; null where nothing has. */
  readonly stalled: string | null;
  /** How often the watchdog has restarted the consumer. */
  readonly restarts: number;
}

/** How a worker is, for whoever watches its process. */
export interface WorkerHealth extends LanesHealth, WorkerTotals {
  /** Of a stage: measured time of computing an item over the planned time; null where unknown. */
  readonly computeOverPlan: number | null;
  readonly isSlowerThanPlanned: boolean;
}
