import type { PlanRecord } from '../wire/partition-plan.js';
import { measuredProfile, type MeasuredStage } from './measured-profile.js';
import { optimalPlan } from './planner/optimal-plan.js';
import type { PlannedRun } from './planner/planned-run.js';
import type { NodeResources, Profile } from './profile.js';

/** What a planner makes of a plan that runs and the times that it has measured. */
export interface Replanned {
  readonly best: PlannedRun;
  /** Throughput of the best run over that of the running plan, both by measured times. */
  readonly gain: number;
}

/**
 * Plans anew for the nodes of a plan, for the most items a second.
 *
 * @param profile that the plan was made by, or one of the same model
 * @param nodes those of the plan
 * @param measured its stages, as they do
 * @throws {PartitionError} where the profile or the nodes do not suffice for a plan
 */
export function replanned(
  plan: PlanRecord,
  profile: Profile,
  nodes: readonly NodeResources[],
  measured: readonly MeasuredStage[],
): Replanned {
  const { lanes, encoding } = plan;
  const best = optimalPlan.plan({
    ...{ profile: measuredProfile(profile, measured), nodes, lanes, encoding },
    goal: 'throughput',
  });
  return { best, gain: best.itemsPerS / measuredItemsPerS(plan, measured) };
}

/** What the slowest stage does where computing takes what was measured, and a hop what was planned. */
function measuredItemsPerS({ stages }: PlanRecord, measured: readonly MeasuredStage[]): number {
  const rates = stages.map(({ computeMs, hopMs, itemsPerS }, at) => {
    const ratio = measured[at]?.ratio ?? 1;
    return (itemsPerS * (computeMs + hopMs)) / (ratio * computeMs + hopMs);
  });
  return Math.min(...rates);
}

/**
 * The nodes that a plan names: as they are known, or else like the one that was profiled, with a core
 * for each worker.
 */
export function nodesOfPlan(
  { stages }: PlanRecord,
  known: readonly NodeResources[],
  profiled: NodeResources,
): readonly NodeResources[] {
  const workers = new Map<string, number>();
  for (const name of stages.flatMap(({ nodes }) => nodes)) {
    workers.set(name, (workers.get(name) ?? 0) + 1);
  }
  return [...workers].map(
    ([name, cores]) => known.find((node) => node.name === name) ?? { ...profiled, name, cores },
  );
}
