import { rangeIndex, type PlanProblem } from './plan-problem.js';
import type { ChosenStages } from './places-of-stages.js';
import { possibleStages } from './possible-stages.js';
import { Scarcity } from './scarcity.js';
import { stageOptions, type Prices, type StageLimits } from './stage-options.js';

/** What is asked of {@link fastestRate}. */
export interface FastestRequest {
  readonly maxWorkers: number;
  readonly isAllowed: StageLimits['isAllowed'];
  /** A rate that some plan is known to reach; 0 if none is. */
  readonly reachedPerS: number;
  /** Where to look first. */
  readonly likelyPerS: number;
  /** By which share the rate may be short of the highest; 0 for the highest itself. */
  readonly tolerance: number;
  /** Partial plans to look at for one rate. */
  readonly effort: number;
}

/** The highest rate that was found. */
export interface FastestRate {
  /** Items a second; 0 where the network doesn't fit in. */
  readonly ratePerS: number;
  /** Stages that reach it; undefined if it is what was known to be reached. */
  readonly stages: ChosenStages | undefined;
  /** False where the search gave up on a higher rate than the tolerance allows. */
  readonly isProven: boolean;
}

/** From here on the rates that a stage can have are tried one by one, in place of any number. */
const close = 1.005;

const free: Prices = { perWorker: 0, perStage: 0, perByte: 0, perMs: 0 };

/** Looks for the highest rate that a plan reaches, by halving. */
export function fastestRate(problem: PlanProblem, request: FastestRequest): FastestRate {
  const { maxWorkers, isAllowed, reachedPerS, likelyPerS, tolerance, effort } = request;
  const scarcity = new Scarcity(problem, maxWorkers);
  let stages: ChosenStages | undefined;
  let isProven = true;
  let [low, high] = [reachedPerS, Infinity];
  /** @returns whether a plan was found; `low` is then what it does, and else `high` the rate */
  const tryRate = (ratePerS: number): boolean => {
    const options = stageOptions(problem, { ratePerS, maxWorkers, isAllowed }, free);
    const { found, isComplete } = possibleStages(problem, options, maxWorkers, scarcity, effort);
    if (found === undefined) {
      high = ratePerS;
      isProven = isComplete;
      return false;
    }
    stages = { options, chosen: found.options };
    low = Math.max(ratePerS, rateOf(problem, stages));
    return true;
  };

  if (low === 0 && !tryRate(0)) return { ratePerS: 0, stages, isProven };
  for (let step = 1.02, next = Math.max(low * step, likelyPerS); tryRate(next); next = low * step) {
    step *= step;
  }
  while (high > low * Math.max(close, 1 + tolerance)) tryRate(Math.sqrt(low * high));
  if (tolerance === 0) {
    const rates = possibleRates(problem, low, high);
    let [reached, missed] = [-1, rates.length];
    while (missed - reached > 1) {
      const middle = (reached + missed) >> 1;
      if (tryRate(rates[middle] ?? 0)) reached = middle;
      else missed = middle;
    }
  }
  return { ratePerS: low, stages, isProven };
}

/**
 * The rates between two that a stage can have, and so that a plan can have, in rising order: of
 * each range of layers with each kind as its slowest and each number of workers.
 */
function possibleRates(problem: PlanProblem, above: number, below: number): Float64Array {
  const { shares } = problem;
  const possible: number[] = [];
  for (const ofKind of problem.rates) {
    for (const workerPerS of ofKind) {
      if (workerPerS < 0) continue;
      for (const { speedUp } of shares) {
        const rate = workerPerS * speedUp;
        if (rate > above && rate < below) possible.push(rate);
      }
    }
  }
  return Float64Array.from(possible).sort();
}

/** What the slowest stage does if its slowest worker is of the slowest kind that it may be. */
function rateOf(problem: PlanProblem, { options, chosen }: ChosenStages): number {
  let from = 0;
  let least = Infinity;
  for (const option of chosen) {
    const to = options.to[option] ?? 0;
    const index = rangeIndex(problem.layerCount, from, to);
    const workers = options.workers[option] ?? 0;
    const speedUp = problem.shares.find((share) => share.workers === workers)?.speedUp ?? 0;
    for (const [kind, rates] of problem.rates.entries()) {
      if (((options.kinds[option] ?? 0) >> kind) & 1) {
        least = Math.min(least, (rates[index] ?? 0) * speedUp);
      }
    }
    from = to;
  }
  return least;
}
