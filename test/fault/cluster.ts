import { mkdtemp } from 'node:fs/promises';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KafkaNode } from '../../infra/broker/testing.mjs';
import { infra } from '../integration/infra.js';
import { clusterFolderPrefix, noteOwner, sweepJavaBrokers } from '../integration/java-kafka.js';
import { dockerNodes } from './docker-cluster.js';
import type { KafkaTool } from './console-reader.js';
import { kafkaTool } from './kafka-tool.js';
import { TcpProxy, type NetworkFault } from './tcp-proxy.js';

/** Nodes of a cluster. */
export const nodeCount = 3;

/** The nodes that a cluster is made of, and how Kafka's own tools are run on it. */
export interface ClusterParts {
  readonly nodes: readonly KafkaNode[];
  readonly tool: KafkaTool;
  /** Removes what is left when the nodes have ended. */
  readonly remove: () => Promise<void>;
}

/**
 * Three brokers that hold three replicas of everything, each also reached by a proxy, so that the
 * network between one client and all of them can be spoiled.
 */
export class FaultCluster {
  readonly how: 'testcontainers' | 'java';
  readonly nodes: readonly KafkaNode[];
  readonly tool: KafkaTool;
  readonly #faults: Map<string, NetworkFault>;
  readonly #proxies: readonly TcpProxy[];
  readonly #remove: () => Promise<void>;

  private constructor(
    how: FaultCluster['how'],
    parts: ClusterParts,
    proxies: readonly TcpProxy[],
    faults: Map<string, NetworkFault>,
  ) {
    this.how = how;
    this.nodes = parts.nodes;
    this.tool = parts.tool;
    this.#remove = parts.remove;
    this.#proxies = proxies;
    this.#faults = faults;
  }

  /** Starts all nodes, in containers by Testcontainers where a Docker daemon answers, else by Java. */
  static async start(): Promise<FaultCluster> {
    const faults = new Map<string, NetworkFault>();
    const proxies: TcpProxy[] = [];
    for (let at = 0; at < nodeCount; at += 1) proxies.push(await TcpProxy.listen(faults));
    const proxyPorts = proxies.map(({ port }) => port);
    const inDocker = (await infra.dockerProblem()) === undefined;
    const parts = await (inDocker ? dockerNodes(proxyPorts) : javaNodes(proxyPorts));
    const how = inDocker ? 'testcontainers' : 'java';
    const cluster = new FaultCluster(how, parts, proxies, faults);
    proxies.forEach((proxy, at) => proxy.leadTo(parts.nodes[at]?.proxied ?? ''));
    try {
      await Promise.all(parts.nodes.map((node) => node.start()));
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  /** "host:port" of each broker. */
  get brokers(): string[] {
    return this.nodes.map(({ endpoint }) => endpoint);
  }

  /** The same brokers, by way of the proxies. */
  get proxied(): string[] {
    return this.#proxies.map(({ port }) => `127.0.0.1:${port}`);
  }

  /** Spoils the network between the clients of this id that came by a proxy and all brokers. */
  spoil(clientId: string, fault: NetworkFault): void {
    this.#faults.set(clientId, fault);
    for (const proxy of this.#proxies) proxy.apply(clientId);
  }

  /** The network is well again. */
  mend(clientId: string): void {
    this.#faults.delete(clientId);
    for (const proxy of this.#proxies) proxy.apply(clientId);
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.kill()));
    await Promise.all(this.#proxies.map((proxy) => proxy.close()));
    await this.#remove();
  }
}

async function javaNodes(proxyPorts: readonly number[]): Promise<ClusterParts> {
  await sweepJavaBrokers();
  const tool = await kafkaTool();
  const dataDir = await mkdtemp(join(tmpdir(), clusterFolderPrefix));
  noteOwner(dataDir);
  const nodes = await infra.javaCluster({ dataDir, proxyPorts });
  const remove = (): Promise<void> => {
    rmSync(dataDir, { recursive: true, force: true });
    return Promise.resolve();
  };
  return { nodes, tool, remove };
}
