import { GenericContainer, Network, Wait, type StartedTestContainer } from 'testcontainers';
import type { KafkaNode } from '../../infra/broker/testing.mjs';
import { infra } from '../integration/infra.js';
import { ownerLabels, prepareTestcontainers } from '../integration/kafka-container.js';
import type { ClusterParts } from './cluster.js';
import { kafkaTool } from './kafka-tool.js';

const startLimitMs = 120_000;
const clusterId = 'Zm9yIHRoZSBmYXVsdHMhIQ';
const ports = { client: 9092, proxied: 9095, controller: 9093, internal: 9094 };

/** The nodes of a cluster, each in a container by Testcontainers, on a network of their own. */
export async function dockerNodes(proxyPorts: readonly number[]): Promise<ClusterParts> {
  const { client, host } = await prepareTestcontainers();
  const image = await infra.obtainKafkaImage();
  const network = await new Network().start();
  const voters = proxyPorts.map((_, at) => `${at + 1}@kafka-${at + 1}:${ports.controller}`).join();
  const nodes: KafkaNode[] = [];
  const containers: string[] = [];
  for (const [at, proxyPort] of proxyPorts.entries()) {
    const published = { client: await infra.freePort(), proxied: await infra.freePort() };
    const name = `kafka-${at + 1}`;
    const endpoint = `${host}:${published.client}`;
    const listeners = infra.nodeListeners({
      ...{ id: at + 1, bind: '0.0.0.0', ports, self: name, advertised: endpoint, voters },
      proxy: `127.0.0.1:${proxyPort}`,
    });
    const answers = async (): Promise<void> => {
      const there = () => infra.brokerAnswers(host, published.client);
      if (!(await infra.waitUntil(there, startLimitMs))) throw new Error(`${name} doesn't answer`);
    };
    let container: StartedTestContainer | null = null;
    const running = () => (container === null ? null : client.container.getById(container.getId()));
    nodes.push({
      endpoint,
      proxied: `${host}:${published.proxied}`,
      start: async () => {
        if (container === null) {
          container = await new GenericContainer(image)
            .withEnvironment(
              infra.nodeEnvironment({ ...infra.clusterProperties, ...listeners }, clusterId),
            )
            .withLabels(ownerLabels())
            .withNetwork(network)
            .withNetworkAliases(name)
            .withExposedPorts(
              { container: ports.client, host: published.client },
              { container: ports.proxied, host: published.proxied },
            )
            .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
            .withStartupTimeout(startLimitMs)
            .start();
          containers.push(container.getId());
        } else {
          await running()?.start();
        }
        await answers();
      },
      stop: async () => {
        await running()?.stop({ t: 15 });
      },
      kill: async () => {
        await running()
          ?.kill()
          .catch(() => undefined);
      },
    });
  }
  const remove = async (): Promise<void> => {
    const mine = Object.entries(ownerLabels());
    // Those whose start has failed are not known by id, and run; those that were killed don't run.
    const running = (await client.container.list()).filter(({ Labels }) =>
      mine.every(([label, value]) => Labels[label] === value),
    );
    const all = new Set([...containers, ...running.map(({ Id }) => Id)]);
    for (const id of all) await client.container.getById(id).remove({ force: true, v: true });
    await network.stop();
  };
  return { nodes, tool: await kafkaTool(), remove };
}
