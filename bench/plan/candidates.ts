import { planFor } from '../../src/partition/planner/plan-for.js';
import type { PlanTable } from '../../src/partition/planner/plan-table.js';
import type { PlannedRun } from '../../src/partition/planner/planned-run.js';
import type { Profile } from '../../src/partition/profile.js';
import type { Rival, Scenario } from './scenarios.js';

/** A plan that is tried, under every name that leads to it. */
export interface Candidate {
  readonly names: readonly string[];
  readonly run: PlannedRun;
}

/** The plan chosen for a scenario's nodes, first, and its rivals; what is the same comes once. */
export function candidates(
  profile: Profile,
  { nodes, rivals }: Scenario,
  lanes: number,
): Candidate[] {
  const table = planFor({ profile, nodes, goal: 'throughput', lanes, encoding: 'raw' });
  const found = new Map<string, { names: string[]; run: PlannedRun }>();
  const add = (name: string, run: PlannedRun | null): void => {
    if (run === null) return;
    const key = JSON.stringify(run.stages.map(({ layers, nodes: names }) => [layers, names]));
    const known = found.get(key);
    if (known === undefined) found.set(key, { names: [name], run });
    else known.names.push(name);
  };
  add('chosen', table.chosen);
  for (const rival of rivals) add(rival, ofRival(table, rival));
  return [...found.values()];
}

function ofRival(table: PlanTable, rival: Rival): PlannedRun | null {
  if (rival === 'whole copies') return table.replicated;
  return rival === 'best cut' ? table.bestCut : (table.even.at(-1) ?? null);
}
