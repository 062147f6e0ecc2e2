import { writeFile } from 'node:fs/promises';
import { createKafka } from '../broker/kafka-client.js';
import { LaneLog } from '../broker/lane-log.js';
import { pipelineTopics } from '../broker/topics.js';
import { findPlan } from '../control/plan-store.js';
import { learnSchemas } from '../control/schema-store.js';
import { ConfigError } from '../errors.js';
import { planPicture } from '../observe/plan-picture.js';
import { renderPlan } from '../observe/plan-table.js';
import { styleFor } from '../observe/terminal.js';
import { measuredProfile } from '../partition/measured-profile.js';
import { planFileOf } from '../partition/plan-file.js';
import { evenPlan } from '../partition/planner/even-plan.js';
import { manualPlan } from '../partition/planner/manual-plan.js';
import { planFor } from '../partition/planner/plan-for.js';
import type { PlanRequest } from '../partition/planner/plan-request.js';
import { workersOf, type PlannedRun } from '../partition/planner/planned-run.js';
import { nodesOfPlan } from '../partition/replan.js';
import {
  commandContext,
  modelFolder,
  offlineConfig,
  type CommandContext,
} from './global-options.js';
import { applyPlan } from './plan-apply.js';
import type { PlanFlags } from './plan.js';
import {
  areFiles,
  offeredProfiles,
  planningInputs,
  type PlanningInputs,
} from './planning-inputs.js';
import { measuredStages, StatusTopic } from './read-status.js';
import { writeJson } from './write-json.js';

/** Plans, prints the table, and writes and applies what was asked for. */
export async function runPlan(flags: PlanFlags): Promise<void> {
  const isOffline = areFiles(flags) && flags.measured !== true && flags.apply !== true;
  const context = isOffline ? null : commandContext('plan', { ...flags });
  const config = context?.config ?? offlineConfig({ ...flags });
  const { profile, nodes } = await inputsOf(flags, context);
  if (nodes.length === 0) {
    throw new ConfigError(
      `No node has offered itself for the model ${profile.modelDigest.slice(0, 12)}: run "stagecoach profile" on each, or name a nodes file with --nodes.`,
    );
  }
  const { goal, rate, encoding } = flags;
  const request: PlanRequest = {
    ...{ profile, nodes, goal, encoding, lanes: config.lanes },
    ...(rate === undefined ? {} : { ratePerS: rate }),
  };
  const table = planFor(request);
  const wanted = wantedRun(flags, request, table.chosen);
  const shown = { ...table, chosen: wanted ?? table.chosen };
  const wish = { goal, ratePerS: rate ?? null, optimal: wanted === null ? null : table.chosen };
  const style = styleFor(process.stdout, process.env);
  process.stdout.write(`${renderPlan(shown, wish, style)}\n`);
  const file = planFileOf(request, shown, Date.now());
  if (flags.json !== undefined) await writeJson(flags.json, file);
  if (flags.svg !== undefined) await writeFile(flags.svg, planPicture(shown.chosen));
  if (context !== null && flags.apply === true) {
    const folder = modelFolder(context.config);
    process.stdout.write(`\n ${await applyPlan(context, folder, file)}\n`);
  }
}

/** What another strategy makes of the request; null where the best plan is wanted. */
function wantedRun(
  { strategy, cuts }: PlanFlags,
  request: PlanRequest,
  optimal: PlannedRun,
): PlannedRun | null {
  if (strategy === 'optimal') return null;
  if (strategy === 'even') return evenPlan(workersOf(optimal)).plan(request);
  if (cuts !== undefined) return manualPlan(cuts).plan(request);
  throw new ConfigError('The strategy "manual" needs the cuts: name them with --cuts 7,14.');
}

async function inputsOf(flags: PlanFlags, context: CommandContext | null): Promise<PlanningInputs> {
  if (context === null) return planningInputs(flags, () => Promise.resolve([]));
  const { config, client, log } = context;
  const laneLog = await LaneLog.connect(createKafka(client, log));
  try {
    const { control } = pipelineTopics(config.pipeline);
    if (!areFiles(flags) || flags.measured === true) await learnSchemas(laneLog, control, log);
    const inputs = await planningInputs(flags, () => offeredProfiles(laneLog, control));
    return flags.measured === true ? await measuredInputs(laneLog, context, inputs) : inputs;
  } finally {
    await laneLog.close();
  }
}

/** The inputs with the times that the workers of the active plan have measured. */
async function measuredInputs(
  laneLog: LaneLog,
  { config }: CommandContext,
  { profile, nodes }: PlanningInputs,
): Promise<PlanningInputs> {
  const topics = pipelineTopics(config.pipeline);
  const plan = await findPlan(laneLog, topics.control, undefined);
  if (plan.modelDigest !== profile.modelDigest) {
    throw new ConfigError(
      `The profile is of the model ${profile.modelDigest.slice(0, 12)}, and the active plan ${plan.name} runs ${plan.modelDigest.slice(0, 12)}: profile that one.`,
    );
  }
  const topic = await StatusTopic.open(laneLog, topics, plan, config.deviationFactor);
  const stages = measuredStages(await topic.look());
  if (stages.every(({ ratio }) => ratio === null)) {
    throw new ConfigError(
      `The workers of the plan ${plan.name} have measured too little to plan by: it needs predictions ("stagecoach up --plan-file") and full batches in the last few seconds.`,
    );
  }
  return {
    profile: measuredProfile(profile, stages),
    nodes: nodes.length > 0 ? nodes : nodesOfPlan(plan, [], profile.node),
  };
}
