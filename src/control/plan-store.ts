import type { LaneLog } from '../broker/lane-log.js';
import type { LaneWriter } from '../broker/lane-writer.js';
import { decodePlanRecord, encodePlanRecord, type PlanRecord } from '../wire/partition-plan.js';
import { ControlError } from './errors.js';
import { latestValues } from './latest-values.js';

const planKey = (name: string) => `plan/${name}`;
const activeKey = 'active';

/** All plans of a pipeline, and which of them is active. */
export interface PlanBook {
  readonly plans: ReadonlyMap<string, PlanRecord>;
  readonly active: PlanRecord | null;
}

/** Reads the plans from the control topic. */
export async function readPlans(laneLog: LaneLog, topic: string): Promise<PlanBook> {
  const plans = new Map<string, PlanRecord>();
  let active: PlanRecord | null = null;
  for (const [key, value] of await latestValues(laneLog, topic)) {
    if (key === activeKey) active = decodePlanRecord(value);
    if (!key.startsWith('plan/')) continue;
    const plan = decodePlanRecord(value);
    plans.set(plan.name, plan);
  }
  return { plans, active };
}

/**
 * The plan that a worker is to run.
 *
 * @param name the active plan where none is given
 * @throws {ControlError} where there is none
 */
export async function findPlan(
  laneLog: LaneLog,
  topic: string,
  name: string | undefined,
): Promise<PlanRecord> {
  const { plans, active } = await readPlans(laneLog, topic);
  const plan = name === undefined ? active : plans.get(name);
  if (plan !== undefined && plan !== null) return plan;
  const known = [...plans.keys()].join(', ') || 'none';
  throw new ControlError(
    name === undefined
      ? `${topic} names no active plan: "stagecoach up" makes one.`
      : `${topic} has no plan "${name}"; there are: ${known}.`,
  );
}

/** Writes a plan and makes it the active one. A plan that is written never changes. */
export async function activatePlan(
  writer: LaneWriter,
  topic: string,
  plan: PlanRecord,
): Promise<void> {
  const value = encodePlanRecord(plan);
  await writer.send(topic, 0, [
    { key: planKey(plan.name), value },
    { key: activeKey, value },
  ]);
}

/** The next free name: p1, p2, … */
export function nextPlanName(plans: ReadonlyMap<string, PlanRecord>): string {
  const numbers = [...plans.keys()].map((name) => Number(/^p(\d+)$/.exec(name)?.[1] ?? 0));
  return `p${Math.max(0, ...numbers) + 1}`;
}
