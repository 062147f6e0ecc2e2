import { basename } from 'node:path';
import { connected } from '../broker/connect.js';
import { createKafka, type Admin, type Kafka } from '../broker/kafka-client.js';
import { LaneLog } from '../broker/lane-log.js';
import { LaneWriter } from '../broker/lane-writer.js';
import { deploy } from '../control/deployment.js';
import { defaultRules } from '../geo/windows.js';
import { loadModelFiles, type ModelFiles } from '../model/model-files.js';
import { describeLayers } from '../model/network.js';
import { checkTakesWindows } from '../model/next-cell.js';
import { renderSummary } from '../observe/render-summary.js';
import { isSound } from '../observe/summary.js';
import { styleFor } from '../observe/terminal.js';
import { balanced } from '../partition/balanced.js';
import { manual } from '../partition/manual.js';
import type { PlanRecord } from '../wire/partition-plan.js';
import type { CommandContext } from './global-options.js';
import { PipelineRun } from './pipeline-run.js';
import { writeJson } from './write-json.js';
import type { UpFlags } from './up.js';

/** Candidates in a prediction. */
const topK = 5;

/** What a run on this machine talks to the cluster with. */
export interface RunIo {
  readonly kafka: Kafka;
  readonly admin: Admin;
  readonly laneLog: LaneLog;
  readonly writer: LaneWriter;
}

/**
 * Runs the whole pipeline until it is stopped or has made its predictions, and prints the summary.
 *
 * @returns the exit code: 0 where every prediction that is owed is there once, in order and right
 */
export async function runUp(context: CommandContext, flags: UpFlags): Promise<number> {
  const kafka = createKafka(context.client, context.log);
  const admin = await connected(kafka.admin());
  const io: RunIo = {
    kafka,
    admin,
    laneLog: await LaneLog.connect(kafka),
    writer: await LaneWriter.connect(kafka, context.log),
  };
  try {
    const model = await loadModelFiles(flags.model);
    const plan = await deployFrom(io, context, flags, model);
    const { brokers } = await admin.describeCluster();
    const run = new PipelineRun(io, context, flags, { plan, brokers: brokers.length });
    const summary = await run.toItsEnd();
    process.stdout.write(`${renderSummary(summary, styleFor(process.stdout, process.env))}\n`);
    if (flags.json !== undefined) await writeJson(flags.json, summary);
    return isSound(summary) && summary.predictions >= (flags.predictions ?? 0) ? 0 : 1;
  } finally {
    await Promise.all([io.writer.close(), io.laneLog.close(), admin.disconnect()]);
  }
}

function deployFrom(
  io: RunIo,
  { config, log }: CommandContext,
  flags: UpFlags,
  model: ModelFiles,
): Promise<PlanRecord> {
  checkTakesWindows(model, defaultRules.steps);
  const layers = describeLayers(model);
  const strategy = flags.cuts === undefined ? balanced : manual(flags.cuts);
  const stages = flags.cuts === undefined ? flags.stages : flags.cuts.length + 1;
  return deploy(
    { ...io, log },
    {
      pipeline: config.pipeline,
      lanes: config.lanes,
      modelName: basename(flags.model),
      model,
      strategy: strategy.name,
      cuts: strategy.cut(layers, stages),
      topK,
      encoding: 'raw',
      rules: defaultRules,
      newPlan: flags.newPlan === true,
    },
  );
}
