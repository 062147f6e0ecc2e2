import { connected } from '../broker/connect.js';
import { createKafka } from '../broker/kafka-client.js';
import { LaneLog } from '../broker/lane-log.js';
import { LaneWriter } from '../broker/lane-writer.js';
import { deploy } from '../control/deployment.js';
import { loadModelCard } from '../model/card-accuracy.js';
import { loadModelFiles } from '../model/model-files.js';
import type { PlanOrders } from '../partition/plan-file.js';
import { deploymentOf, divisionOf } from './division.js';
import type { CommandContext } from './global-options.js';

/**
 * Makes a plan the active one.
 *
 * @param model the model's folder
 * @returns what a person is to know of it
 * @throws {ConfigError} where the folder has another model
 */
export async function applyPlan(
  { config, client, log }: CommandContext,
  model: string,
  orders: PlanOrders,
): Promise<string> {
  const files = await loadModelFiles(model);
  const card = await loadModelCard(model);
  const division = divisionOf(orders, config, files);
  const kafka = createKafka(client, log);
  const admin = await connected(kafka.admin());
  const [laneLog, writer] = await Promise.all([
    LaneLog.connect(kafka),
    LaneWriter.connect(kafka, log),
  ]);
  try {
    const io = { admin, laneLog, writer, log };
    const plan = await deploy(io, deploymentOf(config, { model, files, card }, division));
    const stages = division.workers.length;
    return (
      `${plan.name} is the active plan of ${plan.pipeline}: start its windower, stages 1 to ${stages} and sink. ` +
      'Workers of another plan go on with theirs until they are stopped.'
    );
  } finally {
    await Promise.all([writer.close(), laneLog.close(), admin.disconnect()]);
  }
}
