import type { LayerRange } from '../cuts.js';
import { leastPrice } from './bound.js';
import { cheapestStages } from './cheapest-stages.js';
import { CostModel } from './cost-model.js';
import { describeRun } from './describe-run.js';
import { fastestRate } from './fastest-rate.js';
import { kindsOf, maxKinds, mergedKinds } from './kinds.js';
import { planProblem, type PlanProblem } from './plan-problem.js';
import type { Goal, PlanRequest } from './plan-request.js';
import type { PlannedRun } from './planned-run.js';
import { placesOf } from './places.js';
import { placesOfStages, type ChosenStages } from './places-of-stages.js';
import { freeBound } from './priced-bound.js';
import { stageOptions, type Prices, type StageLimits } from './stage-options.js';

/** What may be part of the plan that is looked for. */
export interface FinderLimits {
  readonly maxWorkers: number;
  readonly isAllowed?: StageLimits['isAllowed'];
  /** Whether a plan that is nearly the best is good enough. */
  readonly isRough?: boolean;
}

/** Allows stages with exactly one of these ranges of layers. */
export function allowedBy(ranges: readonly LayerRange[]): (from: number, to: number) => boolean {
  return (from, to) => ranges.some((range) => range.from === from && range.to === to);
}

/** Partial plans that a search looks at before it gives up; small networks never need as many. */
const effort = 6_000;

/** The same where a plan need not be quite the best, and by how much it may miss that. */
const roughEffort = 300;
const roughTolerance = 1e-3;

/** Rates this close are one: so many digits does a sum of doubles keep. */
const sameRate = 1 - 1e-9;

/** What a worker, and less, costs beside what the goal is about: too little to change that. */
const tieShare = 1e-8;

/** Finds the best plans of one request. */
export class PlanFinder {
  readonly model: CostModel;
  /** Places on all nodes. */
  readonly placeCount: number;
  /** Whether there are too many kinds of nodes to tell all of them apart. */
  readonly areKindsMerged: boolean;
  readonly #request: PlanRequest;
  readonly #problem: PlanProblem;
  #gaveUp = false;

  /** @throws {PartitionError} PROFILE_INCOMPLETE */
  constructor(request: PlanRequest) {
    this.#request = request;
    this.model = new CostModel(request.profile, request.encoding);
    const kinds = kindsOf(placesOf(request.nodes));
    this.areKindsMerged = kinds.length > maxKinds;
    this.#problem = planProblem(this.model, mergedKinds(kinds, maxKinds), request.lanes);
    this.placeCount = this.#problem.placeCount;
  }

  /** Whether a search gave up, so that there may be a better plan than one that was found. */
  get gaveUp(): boolean {
    return this.#gaveUp;
  }

  /**
   * The best plan for a goal; undefined if there is none within the limits and the request's rate.
   * Of equally good ones it is that with the fewest workers, then stages, then bytes.
   */
  best(goal: Goal, limits: FinderLimits): PlannedRun | undefined {
    if (goal === 'throughput') return this.fastest(limits);
    return this.#cheapest(this.#pricesOf(goal, limits), this.#request.ratePerS ?? 0, limits);
  }

  /**
   * The plan with the highest rate, whatever rate is asked for.
   * @param slower one with fewer workers, which is the answer where more of them don't help
   */
  fastest(limits: FinderLimits, slower?: PlannedRun): PlannedRun | undefined {
    const { maxWorkers } = limits;
    const reachedPerS = slower?.itemsPerS ?? 0;
    const fastest = fastestRate(this.#problem, {
      maxWorkers,
      isAllowed: limits.isAllowed,
      reachedPerS,
      likelyPerS: reachedPerS * (maxWorkers / Math.max(1, maxWorkers - 1)),
      tolerance: limits.isRough === true ? roughTolerance : 0,
      effort: limits.isRough === true ? roughEffort : effort,
    });
    if (!fastest.isProven && limits.isRough !== true) this.#gaveUp = true;
    if (fastest.stages === undefined || fastest.ratePerS * sameRate <= reachedPerS) return slower;
    const prices = this.#pricesOf('nodes', limits);
    return this.#cheapest(prices, fastest.ratePerS * sameRate, limits) ?? this.#run(fastest.stages);
  }

  #cheapest(prices: Prices, ratePerS: number, limits: FinderLimits): PlannedRun | undefined {
    const { maxWorkers } = limits;
    const options = stageOptions(this.#problem, { ratePerS, ...limits }, prices);
    const { found, isComplete } = cheapestStages(this.#problem, options, {
      maxWorkers,
      below: Infinity,
      isFirstEnough: false,
      effort: limits.isRough === true ? roughEffort : effort,
    });
    if (!isComplete && limits.isRough !== true) this.#gaveUp = true;
    return found && this.#run({ options, chosen: found.options });
  }

  #run(stages: ChosenStages): PlannedRun {
    const onPlaces = placesOfStages(this.#problem, stages);
    return describeRun('optimal', onPlaces, this.model, this.#request.lanes);
  }

  #pricesOf(goal: Exclude<Goal, 'throughput'>, limits: FinderLimits): Prices {
    if (goal === 'nodes') return this.#tiePrices(1);
    if (goal === 'energy') {
      const bytes = this.model.bytesAt(0) + this.model.bytesAt(this.model.layerCount);
      return { ...this.#tiePrices(tieShare * bytes), perByte: 1 };
    }
    const latencyOnly: Prices = { perWorker: 0, perStage: 0, perByte: 0, perMs: 1 };
    const options = stageOptions(this.#problem, { ratePerS: 0, ...limits }, latencyOnly);
    const leastMs = leastPrice(freeBound(this.#problem, options));
    // No way at all: any price will do.
    const scaleMs = leastMs < Infinity ? leastMs : 1;
    return { ...this.#tiePrices(tieShare * scaleMs), perMs: 1 };
  }

  /** All stages together cost less than a worker, and all bytes less than a stage. */
  #tiePrices(perWorker: number): Prices {
    const { layerCount, cutBytes } = this.#problem;
    const perStage = (0.5 * perWorker) / (layerCount + 1);
    const allBytes = cutBytes.reduce((sum, bytes) => sum + bytes, 1);
    return { perWorker, perStage, perByte: (0.5 * perStage) / allBytes, perMs: 0 };
  }
}
