import { setTimeout as delay } from 'node:timers/promises';
import { Option, type Command } from 'commander';
import { createKafka } from '../broker/kafka-client.js';
import { LaneFollower } from '../broker/lane-follower.js';
import { LaneLog } from '../broker/lane-log.js';
import type { LaneRecord } from '../broker/lane-record.js';
import { pipelineTopics } from '../broker/topics.js';
import { decodePrediction, type Prediction } from '../wire/prediction.js';
import { messageOf } from '../errors.js';
import { clusterCommand, commandContext, wholeNumber } from './global-options.js';

interface PredictionsFlags {
  readonly vehicle?: string;
  readonly fromBeginning?: boolean;
  readonly max?: number;
}

/** `stagecoach predictions` */
export function predictionsCommand(): Command {
  return clusterCommand('predictions')
    .description('print predictions as they are made, one JSON object a line')
    .option('--vehicle <id>', 'only those of this vehicle')
    .option('--from-beginning', 'begin with the oldest that the topic holds')
    .addOption(new Option('--max <n>', 'end after this many').argParser(wholeNumber(1)))
    .action(printPredictions);
}

async function printPredictions(flags: PredictionsFlags): Promise<void> {
  const { config, client, log } = commandContext('predictions', { ...flags });
  const kafka = createKafka(client, log);
  const topic = pipelineTopics(config.pipeline).predictions;
  const laneLog = await LaneLog.connect(kafka);
  const { begin, end } = await laneLog.bounds(topic);
  await laneLog.close();
  const stop = new AbortController();
  process.on('SIGINT', () => stop.abort()).on('SIGTERM', () => stop.abort());
  const failures: Error[] = [];
  let printed = 0;
  const follower = await LaneFollower.start(
    kafka,
    {
      topic,
      from: flags.fromBeginning === true ? begin : end,
      committedOnly: true,
      onRecords: (records) => {
        for (const prediction of records.flatMap(predictionIn)) {
          if (flags.vehicle !== undefined && prediction.vehicleId !== flags.vehicle) continue;
          if (printed === flags.max) break;
          printed += 1;
          process.stdout.write(`${JSON.stringify(readable(prediction))}\n`);
        }
        if (printed === flags.max) stop.abort();
      },
      onError: (error) => {
        failures.push(error instanceof Error ? error : new Error(messageOf(error)));
        stop.abort();
      },
    },
    log,
  );
  while (!stop.signal.aborted) {
    await delay(1_000, undefined, { signal: stop.signal }).catch(() => undefined);
  }
  await follower.stop();
  for (const failure of failures) throw failure;
}

function predictionIn({ value }: LaneRecord): Prediction[] {
  return value === null ? [] : [decodePrediction(value)];
}

/** With the field names of the Avro schema, and times that a person can read. */
function readable({ eventTimeMs, ingestTimeMs, predictedTimeMs, ...same }: Prediction): unknown {
  return {
    ...same,
    eventTime: new Date(eventTimeMs).toISOString(),
    ingestTime: new Date(ingestTimeMs).toISOString(),
    predictedTime: new Date(predictedTimeMs).toISOString(),
  };
}
