import { Option, type Command } from 'commander';
import { createKafka } from '../broker/kafka-client.js';
import { LaneLog } from '../broker/lane-log.js';
import { pipelineTopics } from '../broker/topics.js';
import { connectWorker } from '../broker/worker-environment.js';
import { fetchModel } from '../control/model-store.js';
import { findPlan } from '../control/plan-store.js';
import { learnSchemas } from '../control/schema-store.js';
import { Grid } from '../geo/grid.js';
import { fileOf, gridPath } from '../model/model-files.js';
import { createFleet } from '../producer/feeds/fleet/fleet.js';
import { replay } from '../producer/fleet-runner.js';
import { addFleetOptions, checkFleetDrivesIn, paceOf, type FleetFlags } from './fleet-options.js';
import { clusterCommand, commandContext, wholeNumber } from './global-options.js';

interface FleetCommandFlags extends FleetFlags {
  readonly windows?: number;
  readonly name: string;
}

/** `stagecoach fleet` */
export function fleetCommand(): Command {
  const command = clusterCommand('fleet')
    .description('replay a simulated fleet of Daejeon taxis into the input topic')
    .option('--name <name>', 'what the feed is called in reports', 'fleet');
  return addFleetOptions(command)
    .addOption(
      new Option('--windows <n>', 'stop when the fixes complete this many windows').argParser(
        wholeNumber(1),
      ),
    )
    .action(runFleet);
}

async function runFleet(flags: FleetCommandFlags): Promise<void> {
  const { config, client, log } = commandContext('fleet', { ...flags });
  const topics = pipelineTopics(config.pipeline);
  const laneLog = await LaneLog.connect(createKafka(client, log));
  await learnSchemas(laneLog, topics.control, log);
  const plan = await findPlan(laneLog, topics.control, undefined);
  const files = await fetchModel(laneLog, topics.models, plan.modelDigest);
  await laneLog.close();
  checkFleetDrivesIn(files);
  const grid = Grid.read(fileOf(files, gridPath));
  const stop = new AbortController();
  for (const event of ['SIGTERM', 'SIGINT', 'disconnect']) process.on(event, () => stop.abort());
  // The parent may have ended before anybody listened.
  if (process.send !== undefined && !process.connected) stop.abort();
  const { sessionTimeoutMs, stallTimeoutMs } = config;
  const onFatal = (error: unknown) => {
    throw error;
  };
  const env = await connectWorker(
    {
      client,
      name: flags.name,
      plan,
      sessionTimeoutMs,
      stallTimeoutMs,
      log,
      onNotice: (notice) => log.warn(notice),
      onFatal,
    },
    { role: 'feed', stage: 0 },
  );
  const idle = { lanes: [], lag: 0, coveredTo: [] };
  env.meter.start(
    () => env.writer,
    topics.status,
    () => idle,
    log,
  );
  const fleet = createFleet({
    seed: flags.seed,
    vehicles: flags.vehicles,
    namePrefix: flags.prefix ?? 'taxi',
  });
  const result = await replay(
    env,
    fleet,
    grid,
    { pace: paceOf(flags), maxBacklog: flags.maxBacklog, windows: flags.windows ?? null },
    stop.signal,
  );
  log.info(result, 'the fleet has been replayed');
  await env.meter.stop();
  await Promise.all([env.writer.close(), env.laneLog.close(), env.admin.disconnect()]);
  if (process.connected) process.disconnect();
}
