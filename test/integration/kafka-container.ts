import { GenericContainer, getContainerRuntimeClient, Wait } from 'testcontainers';
import type { ContainerRuntimeClient, StartedTestContainer } from 'testcontainers';
import { REAPER_IMAGE } from 'testcontainers/build/reaper/reaper.js';
import { infra } from './infra.js';
import type { KafkaFixture } from './kafka-fixture.js';

const startLimitMs = 120_000;

/** Names the process that a container was started for. */
const ownerLabel = 'stagecoach.test-owner';

/** Removes the containers of test processes that were killed. */
async function sweep(client: ContainerRuntimeClient): Promise<void> {
  for (const { Id, Labels } of await client.container.list()) {
    const [pid, started] = (Labels[ownerLabel] ?? '').split(' ');
    if (pid === undefined || started === undefined) continue;
    if (infra.isRunning({ pid: Number(pid), started })) continue;
    await client.container.getById(Id).remove({ force: true, v: true });
  }
}

/** Testcontainers' own cleaner runs in a container too, whose image can't always be had. */
async function useReaperWherePossible(): Promise<void> {
  if (process.env.TESTCONTAINERS_RYUK_DISABLED !== undefined) return;
  if ((await infra.hasImage(REAPER_IMAGE)) || (await infra.pullImage(REAPER_IMAGE))) return;
  process.env.TESTCONTAINERS_RYUK_DISABLED = 'true';
}

/** Labels that say which process a container belongs to. */
export function ownerLabels(): Record<string, string> {
  return { [ownerLabel]: `${process.pid} ${infra.startOf(process.pid) ?? ''}` };
}

/** A Docker to start containers on, without those of test processes that were killed. */
export async function prepareTestcontainers(): Promise<{
  readonly client: ContainerRuntimeClient;
  readonly host: string;
}> {
  await useReaperWherePossible();
  const client = await getContainerRuntimeClient();
  await sweep(client);
  return { client, host: client.info.containerRuntime.host };
}

async function untilAnswers(host: string, port: number): Promise<void> {
  const answers = await infra.waitUntil(() => infra.brokerAnswers(host, port), startLimitMs);
  if (!answers) throw new Error(`Kafka in its container doesn't answer at ${host}:${port}`);
}

async function startContainer(
  image: string,
  host: string,
  port: number,
): Promise<StartedTestContainer> {
  return new GenericContainer(image)
    .withEnvironment(infra.containerEnvironment(host, port))
    .withLabels(ownerLabels())
    .withExposedPorts({ container: 9092, host: port })
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
    .withStartupTimeout(startLimitMs)
    .start();
}

/** Kafka in a container, at a fixed port of the Docker host so that it can be restarted there. */
export async function startKafkaContainer(say: (text: string) => void): Promise<KafkaFixture> {
  const image = await infra.obtainKafkaImage((detail) => say(detail));
  const { client, host } = await prepareTestcontainers();
  const port = await infra.freePort();
  const container = await startContainer(image, host, port);
  await untilAnswers(host, port);
  say(`the image ${image} by Testcontainers, at ${host}:${port}`);
  return {
    brokers: [`${host}:${port}`],
    how: 'testcontainers',
    restart: async () => {
      await client.container.getById(container.getId()).kill();
      await client.container.getById(container.getId()).start();
      await untilAnswers(host, port);
    },
    stop: async () => {
      await container.stop({ remove: true, removeVolumes: true });
    },
  };
}
