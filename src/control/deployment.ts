import { isDeepStrictEqual } from 'node:util';
import { committedCoverage } from '../broker/committed.js';
import type { Admin } from '../broker/kafka-client.js';
import type { LaneLog } from '../broker/lane-log.js';
import type { LaneWriter } from '../broker/lane-writer.js';
import { createPipelineTopics, createPlanTopics, pipelineTopics } from '../broker/topics.js';
import type { Logger } from '../log.js';
import type { WindowRules } from '../geo/windows.js';
import { cardAccuracy, cardPath } from '../model/card-accuracy.js';
import type { ModelFiles } from '../model/model-files.js';
import type { Encoding } from '../wire/tensor.js';
import { noForecast, type PlanForecast, type PlanRecord } from '../wire/partition-plan.js';
import { publishCard, publishModel } from './model-store.js';
import { learnSchemas, publishSchemas } from './schema-store.js';
import { activatePlan, nextPlanName, readPlans, type PlanBook } from './plan-store.js';

/** Connections that a deployment needs, and where it says what it meets. */
export interface DeploymentIo {
  readonly admin: Admin;
  readonly laneLog: LaneLog;
  readonly writer: LaneWriter;
  readonly log: Pick<Logger, 'warn'>;
}

/** What is to run. */
export interface Deployment {
  readonly pipeline: string;
  readonly lanes: number;
  readonly modelName: string;
  readonly model: ModelFiles;
  /** The model's card, which tells how good it is; left out where it has none. */
  readonly card?: Buffer;
  readonly strategy: string;
  /** Index of the first layer of sub-models 2 … K. */
  readonly cuts: readonly number[];
  /** Candidates in a prediction. */
  readonly topK: number;
  readonly encoding: Encoding;
  readonly rules: WindowRules;
  /** What was predicted, where anything was. It makes no plan another one. */
  readonly forecast?: PlanForecast;
  /** A new plan even where the active one is the same: the way on behind a gap. */
  readonly newPlan: boolean;
}

/**
 * Makes a pipeline ready for its workers: its topics, the model and the schemas on theirs, and an
 * active plan.
 * Where the active plan is what is wanted already, it goes on from where it stands.
 *
 * @returns the active plan
 */
export async function deploy(io: DeploymentIo, deployment: Deployment): Promise<PlanRecord> {
  const { pipeline, lanes, cuts } = deployment;
  const topics = pipelineTopics(pipeline);
  await createPipelineTopics(io.admin, pipeline, lanes);
  const modelDigest = await publishModel(io, topics.models, deployment.modelName, deployment.model);
  await sendCard(io, topics.models, modelDigest, deployment.card);
  await learnSchemas(io.laneLog, topics.control, io.log);
  await publishSchemas(io, topics.control);
  const book = await readPlans(io.laneLog, topics.control);
  const { strategy, topK, encoding, rules } = deployment;
  const wanted = { pipeline, modelDigest, lanes, topK, encoding, strategy, cuts, rules };
  const current = book.active;
  const goesOn = current !== null && isSame(current, wanted) && !deployment.newPlan;
  if (goesOn && (await isWhole(io, topics.fixes, current))) {
    await createPlanTopics(io.admin, pipeline, current.name, cuts.length + 1, lanes);
    return current;
  }
  const plan: PlanRecord = {
    ...wanted,
    ...(deployment.forecast ?? noForecast),
    name: nextPlanName(book.plans),
    startOffsets: await startOffsets(io, topics.fixes, book),
    createdAtMs: Date.now(),
  };
  await createPlanTopics(io.admin, pipeline, plan.name, cuts.length + 1, lanes);
  await activatePlan(io.writer, topics.control, plan);
  return plan;
}

async function sendCard(
  io: DeploymentIo,
  modelsTopic: string,
  modelDigest: string,
  card: Buffer | undefined,
): Promise<void> {
  if (card === undefined) return;
  if (cardAccuracy(card, modelDigest) !== null) {
    await publishCard(io, modelsTopic, modelDigest, card);
    return;
  }
  io.log.warn(
    { model: modelDigest },
    `The ${cardPath} beside the model is not its card, or can't be read: predictions are held against none.`,
  );
}

type Wanted = Omit<PlanRecord, 'name' | 'startOffsets' | 'createdAtMs' | keyof PlanForecast>;

/** Whether a plan's workers would do just what is wanted, whoever chose its cuts. */
function isSame(plan: PlanRecord, wanted: Wanted): boolean {
  const work = ({ pipeline, modelDigest, lanes, topK, encoding, cuts, rules }: Wanted) => ({
    ...{ pipeline, modelDigest, lanes, topK, encoding },
    cuts: [...cuts],
    rules: { ...rules },
  });
  return isDeepStrictEqual(work(plan), work(wanted));
}

/** Whether the fixes that a plan's windower needs next are still there: retention goes on without it. */
async function isWhole(
  { admin, laneLog, log }: DeploymentIo,
  fixesTopic: string,
  plan: PlanRecord,
): Promise<boolean> {
  const { begin } = await laneLog.bounds(fixesTopic);
  const next = await committedCoverage(admin, plan, 'windower');
  if (begin.every((first, lane) => (next[lane] ?? 0) >= first)) return true;
  log.warn(
    { plan: plan.name },
    `${fixesTopic} no longer holds what ${plan.name} needs next: a new plan begins`,
  );
  return false;
}

/** A new plan begins where the one before has predicted to; without one, with the first fix. */
async function startOffsets(
  { admin, laneLog }: DeploymentIo,
  fixesTopic: string,
  { active }: PlanBook,
): Promise<number[]> {
  const { begin } = await laneLog.bounds(fixesTopic);
  if (active === null) return [...begin];
  const reached = await committedCoverage(admin, active, 'sink');
  return begin.map((first, lane) => Math.max(first, reached[lane] ?? 0));
}
