import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { dockerProblem } from '../docker.mjs';
import { takeLock } from '../lock.mjs';
import { waitUntil } from '../processes.mjs';
import { watchPrograms } from '../program.mjs';
import { stateDir } from '../project.mjs';
import { SetupError } from '../setup-error.mjs';
import { fetchKafkaJars, jarsProblem } from '../setup/kafka-jars.mjs';
import { writeWhole } from '../setup/write-whole.mjs';
import { runningDockerBroker, startDockerBroker, stopDockerBroker } from './docker-broker.mjs';
import { runningJavaBroker, startJavaBroker } from './java-broker.mjs';
import { findJava, hasJars } from './java.mjs';
import { brokerAnswers } from './probe.mjs';

const preferredPort = 19092;

/** A broker that runs but doesn't answer for so long is started anew. */
const answerLimitMs = 20_000;
const brokerDir = join(stateDir, 'broker');
const endpointFile = join(brokerDir, 'endpoint');

/** Is there where Docker was the one to start the broker: asking Docker takes a while. */
const dockerMark = join(brokerDir, 'in-docker');

async function locked(work) {
  const lock = await takeLock(join(stateDir, 'broker.lock'), (pid) =>
    process.stderr.write(`Waiting for process ${pid}, which starts or stops the broker.\n`),
  );
  watchPrograms((pids) => lock.setChildren(pids));
  try {
    return await work();
  } finally {
    lock.release();
  }
}

function answersAt(endpoint) {
  const [host, port] = endpoint.split(':');
  return brokerAnswers(host, Number(port));
}

async function running() {
  const broker = runningJavaBroker(brokerDir);
  if (broker !== undefined) return broker.endpoint;
  return existsSync(dockerMark) ? runningDockerBroker() : undefined;
}

async function startWithJava() {
  const broker = await startJavaBroker({ dataDir: brokerDir, port: preferredPort });
  return broker.endpoint;
}

async function startWithDocker(report) {
  writeWhole(dockerMark, '');
  return startDockerBroker({ port: preferredPort, report });
}

async function stop() {
  const broker = runningJavaBroker(brokerDir);
  if (broker !== undefined) await broker.stop();
  else if ((await running()) !== undefined) await stopDockerBroker();
  else return false;
  rmSync(endpointFile, { force: true });
  rmSync(dockerMark, { force: true });
  return true;
}

/**
 * Starts this checkout's broker, unless it runs or KAFKA_BROKERS names another.
 * @param {(detail: string) => void} [report]
 * @returns {Promise<string>} the brokers to connect to, "host:port", comma-separated
 */
export async function startLocalBroker(report = () => {}) {
  if (process.env.KAFKA_BROKERS) return process.env.KAFKA_BROKERS;
  return locked(async () => {
    const there = await running();
    if (there !== undefined) {
      if (await waitUntil(() => answersAt(there), answerLimitMs)) {
        writeWhole(endpointFile, there);
        return there;
      }
      await stop();
    }
    rmSync(endpointFile, { force: true });
    if ((await jarsProblem()) === undefined) await fetchKafkaJars(report);
    const java = hasJars() ? await findJava() : { problem: 'no Kafka jars for Java' };
    if (java.java === undefined) {
      const problem = await dockerProblem();
      if (problem !== undefined) {
        throw new SetupError(
          `No broker can be started: found ${java.problem}, and ${problem}. Install Java 17 or later with Maven, or Docker, and run \`npm run setup\`; or set KAFKA_BROKERS to a cluster.`,
        );
      }
    }
    const endpoint = await (java.java === undefined ? startWithDocker(report) : startWithJava());
    writeWhole(endpointFile, endpoint);
    return endpoint;
  });
}

/** Stops this checkout's broker; its records stay. @returns {Promise<boolean>} whether one ran */
export async function stopLocalBroker() {
  return locked(stop);
}

/** @returns {Promise<string | undefined>} the endpoint of this checkout's broker, if it answers */
export async function localBrokerEndpoint() {
  const endpoint = await running();
  return endpoint !== undefined && (await answersAt(endpoint)) ? endpoint : undefined;
}
