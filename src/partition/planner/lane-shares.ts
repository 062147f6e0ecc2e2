/** A number of workers with which a stage gets faster than with fewer. */
export interface LaneShare {
  readonly workers: number;
  /** How many times as much as its slowest worker the stage does. */
  readonly speedUp: number;
}

/**
 * How many times as much as its slowest worker a stage of several does: lanes are dealt out whole,
 * and the vehicles are spread evenly over the lanes, so that the worker with the most lanes sets
 * the pace. 4 workers of 6 lanes do 3 times as much as one: two of them have 2 lanes.
 */
export function speedUpOf(workers: number, lanes: number): number {
  return lanes / Math.ceil(lanes / workers);
}

/** All numbers of workers, up to the given one, that do more than one worker less. */
export function laneShares(lanes: number, maxWorkers: number): LaneShare[] {
  const shares: LaneShare[] = [];
  for (let workers = 1; workers <= Math.min(lanes, maxWorkers); workers += 1) {
    const speedUp = speedUpOf(workers, lanes);
    if (speedUp > (shares.at(-1)?.speedUp ?? 0)) shares.push({ workers, speedUp });
  }
  return shares;
}
