import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import type { Command } from 'commander';
import { createKafka } from '../broker/kafka-client.js';
import { LaneLog } from '../broker/lane-log.js';
import { LaneWriter } from '../broker/lane-writer.js';
import { pipelineTopics } from '../broker/topics.js';
import { ConfigError } from '../errors.js';
import { counted } from '../observe/figures.js';
import { feedLines } from '../producer/feed-lines.js';
import { clusterCommand, commandContext } from './global-options.js';

/** Bad lines that are told of one by one; all go to the dead-letter topic. */
const maxToldLines = 20;

/** `stagecoach feed FILE|-` */
export function feedCommand(): Command {
  return clusterCommand('feed')
    .description('send fixes from a file, or from standard input, to the input topic')
    .argument('<file>', 'CSV with a header, or one JSON object a line; - is standard input')
    .addHelpText(
      'after',
      `
A CSV needs the columns vehicleId, eventTime, latitude and longitude (or id, time, lat, lon);
times are ISO 8601, or epoch seconds or milliseconds. A JSON line has the same names:
{"vehicleId":"bus-7","eventTime":"2024-03-04T09:00:00+09:00","latitude":36.35,"longitude":127.38}`,
    )
    .action(runFeed);
}

async function runFeed(file: string, flags: Record<string, unknown>): Promise<void> {
  const { config, client, log } = commandContext('feed', flags);
  if (file !== '-') {
    await access(file).catch((error: unknown) => {
      throw new ConfigError(`The file ${file} can't be read: give a file with fixes, or -.`, error);
    });
  }
  const kafka = createKafka(client, log);
  const topics = pipelineTopics(config.pipeline);
  const laneLog = await LaneLog.connect(kafka);
  const writer = await LaneWriter.connect(kafka, log);
  try {
    const lanes = (await laneLog.lanes(topics.fixes)).length;
    let told = 0;
    const { fixes, badLines } = await feedLines(
      file === '-' ? process.stdin : createReadStream(file),
      {
        writer,
        topics,
        lanes,
        source: file,
        onBadLine: ({ line, code, message }) => {
          told += 1;
          if (told <= maxToldLines) process.stderr.write(`line ${line}: ${code}: ${message}\n`);
        },
      },
    );
    process.stdout.write(`${counted(fixes, 'fix', 'fixes')} sent to ${topics.fixes}\n`);
    if (badLines === 0) return;
    process.stderr.write(
      `${counted(badLines, 'line was no fix and is', 'lines were no fixes and are')} in ${topics.deadLetter}: "stagecoach dead-letters" lists them\n`,
    );
    process.exitCode = 1;
  } finally {
    await Promise.all([writer.close(), laneLog.close()]);
  }
}
