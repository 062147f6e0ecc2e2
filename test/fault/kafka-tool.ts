import { rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { infra } from '../integration/infra.js';
import type { KafkaTool } from './console-reader.js';

/** Only what goes wrong, and not among what the tool prints. */
const logging = `log4j.rootLogger=ERROR, stderr
log4j.appender.stderr=org.apache.log4j.ConsoleAppender
log4j.appender.stderr.Target=System.err
log4j.appender.stderr.layout=org.apache.log4j.SimpleLayout
`;

/** Runs Kafka's own tools: by this machine's Java where it has the jars, else in a container. */
export async function kafkaTool(): Promise<KafkaTool> {
  const { java } = infra.hasJars() ? await infra.findJava() : { java: undefined };
  return java === undefined ? inContainer(await infra.obtainKafkaImage()) : byJava(java);
}

async function byJava(program: string): Promise<KafkaTool> {
  const dir = await mkdtemp(join(tmpdir(), 'stagecoach-tool-'));
  const loggingFile = join(dir, 'log4j.properties');
  writeFileSync(loggingFile, logging);
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
  return (mainClass) => ({
    program,
    args: infra.javaArguments({ mainClass, args: [], loggingFile }),
  });
}

/** The brokers' published ports are reached by way of the host's own network. */
function inContainer(image: string): KafkaTool {
  const run = ['run', '--rm', '--network', 'host', '--entrypoint', 'java', image];
  return (mainClass) => ({
    program: 'docker',
    args: [...run, '-cp', '/opt/kafka/libs/*', mainClass],
  });
}
