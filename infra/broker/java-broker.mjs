import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { lastLines, runProgram } from '../program.mjs';
import { commandOf, endProcess, isRunning, startOf, waitUntil } from '../processes.mjs';
import { SetupError } from '../setup-error.mjs';
import { writeWhole } from '../setup/write-whole.mjs';
import { findJava, hasJars, javaArguments } from './java.mjs';
import { freePort } from './ports.mjs';
import { brokerAnswers } from './probe.mjs';
import { commonProperties, loopbackListeners, propertiesText } from './properties.mjs';

const startLimitMs = 120_000;
const stopGraceMs = 15_000;

function filesOf(dataDir) {
  return {
    data: join(dataDir, 'data'),
    unformatted: join(dataDir, 'data.part'),
    config: join(dataDir, 'server.properties'),
    logging: join(dataDir, 'log4j.properties'),
    log: join(dataDir, 'server.log'),
    console: join(dataDir, 'console.log'),
    process: join(dataDir, 'process.json'),
  };
}

function loggingText(logFile) {
  return propertiesText({
    'log4j.rootLogger': 'INFO, file',
    'log4j.appender.file': 'org.apache.log4j.RollingFileAppender',
    'log4j.appender.file.File': logFile,
    'log4j.appender.file.MaxFileSize': '5MB',
    'log4j.appender.file.MaxBackupIndex': '2',
    'log4j.appender.file.layout': 'org.apache.log4j.PatternLayout',
    'log4j.appender.file.layout.ConversionPattern': '[%d] %p %m (%c)%n',
  });
}

async function requireJava() {
  if (!hasJars()) {
    throw new SetupError("Kafka's jars are not here yet: run `npm run setup`.");
  }
  const found = await findJava();
  if (found.java !== undefined) return found.java;
  throw new SetupError(`Found ${found.problem}: the local broker needs Java 17 or later.`);
}

/** Formats into a folder beside and renames it: a data folder is formatted or isn't there. */
async function format(java, files, properties, clusterId) {
  rmSync(files.unformatted, { recursive: true, force: true });
  writeWhole(files.config, propertiesText({ ...properties, 'log.dirs': files.unformatted }));
  const args = ['format', '-t', clusterId, '-c', files.config];
  const mainClass = 'kafka.tools.StorageTool';
  const [program, ...before] = java;
  const run = javaArguments({ mainClass, args, loggingFile: files.logging });
  await runProgram(program, [...before, ...run]);
  renameSync(files.unformatted, files.data);
}

function endOfLog(files) {
  const ends = [files.console, files.log].map((file) =>
    existsSync(file) ? lastLines(readFileSync(file, 'utf8'), 8) : '',
  );
  return ends.filter((text) => text !== '').join('\n');
}

function handleOf({ pid, started, endpoint }) {
  return {
    endpoint,
    pid,
    stop: () => endProcess({ pid, started }, { graceMs: stopGraceMs }),
    kill: () => endProcess({ pid, started }, { graceMs: 0 }),
  };
}

/** A new cluster's id. */
export function newClusterId() {
  return randomBytes(16).toString('base64url').replace(/^-/, 'A');
}

/**
 * The broker that was started on this folder, by whichever process, if it still runs.
 * @param {string} dataDir
 */
export function runningJavaBroker(dataDir) {
  const files = filesOf(dataDir);
  if (!existsSync(files.process)) return undefined;
  const state = JSON.parse(readFileSync(files.process, 'utf8'));
  const isOurs = isRunning(state) && commandOf(state.pid).includes(files.config);
  return isOurs ? handleOf(state) : undefined;
}

/** The ports and listeners of a broker that is alone; one of a cluster is told all of them. */
async function ownListeners(port) {
  const brokerPort = await freePort(port);
  const controllerPort = await freePort(port === undefined ? undefined : port + 1);
  return { brokerPort, listeners: loopbackListeners(brokerPort, controllerPort) };
}

/**
 * Starts a Kafka broker on loopback, and waits until it answers. It goes on when this process ends.
 * Started again on the same folder, it has the same records.
 * @param {object} options
 * @param {string} options.dataDir where everything of this broker goes: records, settings, logs
 * @param {number} [options.port] the port it should have; another free one where that is taken
 * @param {Record<string, string>} [options.listeners] those of a node of a cluster, where clients
 *   reach it at `port`; left out, it is a cluster of one node
 * @param {string} [options.clusterId] of a cluster of several nodes
 * @param {Record<string, string>} [options.properties] settings beside, or instead of, ours
 * @param {readonly string[]} [options.within] a command that runs java, such as nsenter
 * @throws {SetupError} when it can't be started
 */
export async function startJavaBroker(options) {
  const { dataDir, clusterId = newClusterId(), properties = {}, within = [] } = options;
  const java = await requireJava();
  const files = filesOf(dataDir);
  mkdirSync(dataDir, { recursive: true });
  if (existsSync(files.data) && !existsSync(join(files.data, 'meta.properties'))) {
    throw new SetupError(
      `${files.data} is not a complete Kafka data folder (it has no meta.properties): delete that folder, with the records in it, and start the broker again.`,
    );
  }
  const { brokerPort, listeners } =
    options.listeners === undefined
      ? await ownListeners(options.port)
      : { brokerPort: options.port, listeners: options.listeners };
  const settings = { ...commonProperties, ...properties, ...listeners };
  writeWhole(files.logging, loggingText(files.log));
  if (!existsSync(files.data)) await format([...within, java], files, settings, clusterId);
  writeWhole(files.config, propertiesText({ ...settings, 'log.dirs': files.data }));

  const output = openSync(files.console, 'w');
  const mainClass = 'kafka.Kafka';
  const [program, ...before] = [...within, java];
  const run = javaArguments({ mainClass, args: [files.config], loggingFile: files.logging });
  const child = spawn(program, [...before, ...run], {
    cwd: dataDir,
    detached: true,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  child.unref();
  if (child.pid === undefined) throw new SetupError(`${java} can't be started.`);
  const state = {
    pid: child.pid,
    started: startOf(child.pid),
    endpoint: `127.0.0.1:${brokerPort}`,
  };
  // At once: whoever comes next must find it, even if this process is killed while it waits.
  writeWhole(files.process, JSON.stringify(state));
  const broker = handleOf(state);
  let ended = false;
  child.once('exit', () => (ended = true));
  await waitUntil(
    async () => ended || (await brokerAnswers('127.0.0.1', brokerPort)),
    startLimitMs,
  );
  if (!ended && (await brokerAnswers('127.0.0.1', brokerPort))) return broker;
  await broker.kill();
  throw new SetupError(
    `The local Kafka broker ${ended ? 'ended at once' : `didn't answer within ${startLimitMs / 1000} s`}; its log is ${files.log}. If its data is damaged, delete ${files.data}, with the records in it, and start it again.\n${endOfLog(files)}`,
  );
}
