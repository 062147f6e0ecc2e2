import { join } from 'node:path';
import { newClusterId, startJavaBroker } from './java-broker.mjs';
import { freePort } from './ports.mjs';
import { clusterProperties, commonProperties, nodeListeners } from './properties.mjs';

const host = '127.0.0.1';

async function freePorts(names) {
  const ports = {};
  for (const name of names) ports[name] = await freePort();
  return ports;
}

/**
 * Makes the nodes of a cluster of Kafka brokers run by Java on loopback; none is started yet.
 * @param {object} options
 * @param {string} options.dataDir a folder for each node goes into it
 * @param {readonly number[]} options.proxyPorts where each node's proxy will listen; as many nodes
 */
export async function javaCluster({ dataDir, proxyPorts }) {
  // One broker can't hold three replicas.
  const properties = proxyPorts.length < 3 ? commonProperties : clusterProperties;
  const clusterId = newClusterId();
  const kinds = ['client', 'proxied', 'controller', 'internal'];
  const flat = await freePorts(proxyPorts.flatMap((_, at) => kinds.map((kind) => `${kind}${at}`)));
  const portsOf = (at) => Object.fromEntries(kinds.map((kind) => [kind, flat[`${kind}${at}`]]));
  const voters = proxyPorts.map((_, at) => `${at + 1}@${host}:${portsOf(at).controller}`).join();
  return proxyPorts.map((proxyPort, at) => {
    const ports = portsOf(at);
    const advertised = `${host}:${ports.client}`;
    const listeners = nodeListeners({
      ...{ id: at + 1, bind: host, ports, self: host, advertised, voters },
      proxy: `${host}:${proxyPort}`,
    });
    let broker;
    const options = { dataDir: join(dataDir, `node-${at + 1}`), port: ports.client };
    return {
      endpoint: advertised,
      /** Where the proxy in front of it leads. */
      proxied: `${host}:${ports.proxied}`,
      start: async () => {
        broker = await startJavaBroker({
          ...options,
          listeners,
          clusterId,
          properties,
        });
      },
      stop: () => broker?.stop(),
      kill: () => broker?.kill(),
    };
  });
}
