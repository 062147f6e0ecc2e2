import { createHash } from 'node:crypto';
import { docker } from '../docker.mjs';
import { obtainKafkaImage } from '../image/kafka-image.mjs';
import { waitUntil } from '../processes.mjs';
import { lastLines } from '../program.mjs';
import { root } from '../project.mjs';
import { SetupError } from '../setup-error.mjs';
import { freePort } from './ports.mjs';
import { brokerAnswers } from './probe.mjs';
import { commonProperties, containerListeners, environmentOf } from './properties.mjs';

const startLimitMs = 120_000;

/** One a checkout: the container and the volume that holds its records. */
const name = `stagecoach-broker-${createHash('sha256').update(root).digest('hex').slice(0, 8)}`;

/** Where the records lie in the container; its image makes the folder with the right owner. */
const dataDir = '/var/lib/kafka/data';

/** The container's environment for a broker published as `host`:`port`. */
export function containerEnvironment(host, port) {
  const properties = { ...commonProperties, ...containerListeners(host, port) };
  return nodeEnvironment(properties, '5L6g3nShT-eMCtK--X86sw');
}

/** The container's environment for a broker with these settings. */
export function nodeEnvironment(properties, clusterId) {
  return {
    ...environmentOf({ ...properties, 'log.dirs': dataDir }),
    CLUSTER_ID: clusterId,
    KAFKA_HEAP_OPTS: '-Xmx512m',
    KAFKA_JVM_PERFORMANCE_OPTS: '-XX:+UseSerialGC -XX:TieredStopAtLevel=1',
  };
}

/** The endpoint of the broker's container, or undefined while it doesn't run. */
export async function runningDockerBroker() {
  const format =
    '{{.State.Running}} {{(index (index .HostConfig.PortBindings "9092/tcp") 0).HostPort}}';
  const text = await docker(['inspect', '--format', format, name]).catch(() => '');
  const [running, port] = text.split(' ');
  return running === 'true' ? `127.0.0.1:${port}` : undefined;
}

/**
 * Starts Kafka in a container and waits until it answers. Its records are in a volume of the same name.
 * @returns {Promise<string>} its endpoint
 */
export async function startDockerBroker({ port, report }) {
  const image = await obtainKafkaImage(report);
  await docker(['rm', '--force', name]).catch(() => '');
  const brokerPort = await freePort(port);
  const environment = Object.entries(containerEnvironment('127.0.0.1', brokerPort));
  await docker([
    ...['run', '--detach', '--name', name, '--volume', `${name}:${dataDir}`],
    ...['--publish', `127.0.0.1:${brokerPort}:9092`],
    ...environment.flatMap(([key, value]) => ['--env', `${key}=${value}`]),
    image,
  ]);
  const answers = await waitUntil(() => brokerAnswers('127.0.0.1', brokerPort), startLimitMs, 200);
  if (answers) return `127.0.0.1:${brokerPort}`;
  const logs = await docker(['logs', '--tail', '10', name]).catch(() => '');
  throw new SetupError(
    `Kafka in the container ${name} didn't answer within ${startLimitMs / 1000} s: see \`docker logs ${name}\`. If its data is damaged: \`docker rm -f ${name}; docker volume rm ${name}\`.\n${lastLines(logs, 10)}`,
  );
}

/** Ends the container; the volume with its records stays. */
export async function stopDockerBroker() {
  await docker(['stop', '--time', '15', name]);
  await docker(['rm', name]);
}
