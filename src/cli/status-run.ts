import { setTimeout as delay } from 'node:timers/promises';
import { createLogUpdate } from 'log-update';
import { createKafka } from '../broker/kafka-client.js';
import { LaneLog } from '../broker/lane-log.js';
import { pipelineTopics } from '../broker/topics.js';
import { findPlan } from '../control/plan-store.js';
import { learnSchemas } from '../control/schema-store.js';
import { PipelineError } from '../errors.js';
import { layersByTfjs } from '../model/routes.js';
import type { PipelineStatus } from '../observe/pipeline-status.js';
import { adviceOn, noProfileAdvice } from '../observe/plan-advice.js';
import { renderStatus, statusWarnings, type StatusKnowledge } from '../observe/status-text.js';
import { styleFor } from '../observe/terminal.js';
import { nodesOfPlan, replanned } from '../partition/replan.js';
import { commandContext } from './global-options.js';
import { offeredProfiles, planningInputs, type PlanningInputs } from './planning-inputs.js';
import { measuredStages, StatusTopic } from './read-status.js';
import type { StatusFlags } from './status.js';
import { writeJson } from './write-json.js';

const lookEveryMs = 1_000;

/**
 * Shows how a pipeline is, once or until it is stopped.
 *
 * @returns the exit code: 1 where no worker of the plan is heard of
 */
export async function runStatus(flags: StatusFlags): Promise<number> {
  const { config, client, log } = commandContext('status', { ...flags });
  const laneLog = await LaneLog.connect(createKafka(client, log));
  try {
    const topics = pipelineTopics(config.pipeline);
    await learnSchemas(laneLog, topics.control, log);
    const plan = await findPlan(laneLog, topics.control, flags.plan);
    const topic = await StatusTopic.open(laneLog, topics, plan, config.deviationFactor);
    const inputs = await inputsOrNull(flags, () => offeredProfiles(laneLog, topics.control));
    const update = createLogUpdate(process.stdout);
    for (;;) {
      const status = await topic.look();
      const knowledge: StatusKnowledge = {
        advice: adviceOf(status, inputs),
        notNative: notNativeIn(status, topic),
        card: topic.card,
      };
      const shown = textOf(status, knowledge);
      if (flags.json !== undefined) await writeJson(flags.json, jsonOf(status, knowledge));
      if (flags.watch === true && process.stdout.isTTY) update(shown);
      else process.stdout.write(`${shown}\n`);
      if (flags.watch !== true) return isHeardOf(status) ? 0 : 1;
      await delay(lookEveryMs);
    }
  } finally {
    await laneLog.close();
  }
}

/** Without a profile there is a status all the same, and no advice. */
async function inputsOrNull(
  flags: StatusFlags,
  offered: Parameters<typeof planningInputs>[1],
): Promise<PlanningInputs | null> {
  const profiles = await offered();
  if (flags.profile === undefined && profiles.length === 0) return null;
  return planningInputs(flags, () => Promise.resolve(profiles));
}

function isHeardOf({ rows }: PipelineStatus): boolean {
  return rows.some(({ role, workers }) => role !== 'feed' && workers > 0);
}

function textOf(status: PipelineStatus, knowledge: StatusKnowledge): string {
  if (isHeardOf(status)) {
    return renderStatus(status, knowledge, styleFor(process.stdout, process.env));
  }
  const { pipeline, name } = status.plan;
  return (
    `No worker of the plan ${name} of ${pipeline} has been heard of lately: nothing runs. ` +
    'Start "stagecoach up", or its windower, stages and sink.'
  );
}

/** What would help each stage that is slower than planned. */
function adviceOf(
  status: PipelineStatus,
  inputs: PlanningInputs | null,
): ReadonlyMap<number, string> {
  const { plan, progress } = status;
  const slow = progress.filter(({ pace }) => pace.state === 'slower').map(({ stage }) => stage);
  if (slow.length === 0) return new Map();
  if (inputs?.profile.modelDigest !== plan.modelDigest) {
    return new Map(slow.map((stage) => [stage, noProfileAdvice]));
  }
  const { profile } = inputs;
  const nodes = nodesOfPlan(plan, inputs.nodes, profile.node);
  try {
    const { best, gain } = replanned(plan, profile, nodes, measuredStages(status));
    const running = { cuts: plan.cuts, workers: plan.stages.map(({ replicas }) => replicas) };
    return new Map(slow.map((stage) => [stage, adviceOn(stage, running, best, gain)]));
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
    return new Map(slow.map((stage) => [stage, `what would help can't be said: ${error.message}`]));
  }
}

function notNativeIn(
  { progress }: PipelineStatus,
  { model }: StatusTopic,
): ReadonlyMap<number, string> {
  return new Map(
    progress.flatMap(({ stage, layers }): [number, string][] => {
      const notNative = layersByTfjs(model, layers);
      return notNative === null ? [] : [[stage, notNative]];
    }),
  );
}

function jsonOf(status: PipelineStatus, knowledge: StatusKnowledge): unknown {
  const { card } = knowledge;
  return { ...status, card, warnings: statusWarnings(status, knowledge) };
}
