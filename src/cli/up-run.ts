import { connected } from '../broker/connect.js';
import { createKafka, type Admin, type Kafka } from '../broker/kafka-client.js';
import { LaneLog } from '../broker/lane-log.js';
import { LaneWriter } from '../broker/lane-writer.js';
import { deploy } from '../control/deployment.js';
import { cardAccuracy, loadModelCard } from '../model/card-accuracy.js';
import { loadModelFiles, type ModelFiles } from '../model/model-files.js';
import { describeLayers } from '../model/network.js';
import { renderSummary } from '../observe/render-summary.js';
import { isSound } from '../observe/summary.js';
import { styleFor } from '../observe/terminal.js';
import { balanced } from '../partition/balanced.js';
import { manual } from '../partition/manual.js';
import { deploymentOf, divisionInFile, type Division } from './division.js';
import { checkFleetDrivesIn } from './fleet-options.js';
import { modelFolder, type CommandContext } from './global-options.js';
import { PipelineRun } from './pipeline-run.js';
import { writeJson } from './write-json.js';
import type { UpFlags } from './up.js';

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
    const folder = modelFolder(context.config);
    const model = await loadModelFiles(folder);
    if (flags.fleet) checkFleetDrivesIn(model);
    const card = await loadModelCard(folder);
    const division = await divisionOf(context, flags, model);
    const plan = await deploy(
      { ...io, log: context.log },
      deploymentOf(context.config, { ...flags, model: folder, files: model, card }, division),
    );
    const { brokers } = await admin.describeCluster();
    const { workers } = division;
    const run = new PipelineRun(io, context, flags, {
      ...{ plan, workers, brokers: brokers.length },
      card: card === null ? null : cardAccuracy(card, plan.modelDigest),
    });
    const summary = await run.toItsEnd();
    process.stdout.write(`${renderSummary(summary, styleFor(process.stdout, process.env))}\n`);
    if (flags.json !== undefined) await writeJson(flags.json, summary);
    return isSound(summary) && summary.predictions >= (flags.predictions ?? 0) ? 0 : 1;
  } finally {
    await Promise.all([io.writer.close(), io.laneLog.close(), admin.disconnect()]);
  }
}

/** What is to run: what a plan file orders, or what the flags do. */
async function divisionOf(
  { config }: CommandContext,
  { planFile, cuts, stages, replicas }: UpFlags,
  model: ModelFiles,
): Promise<Division> {
  if (planFile !== undefined) return divisionInFile(planFile, config, model);
  const strategy = cuts === undefined ? balanced : manual(cuts);
  const count = cuts === undefined ? stages : cuts.length + 1;
  return {
    strategy: strategy.name,
    cuts: strategy.cut(describeLayers(model), count),
    encoding: 'raw',
    workers: Array.from({ length: count }, () => replicas),
  };
}
