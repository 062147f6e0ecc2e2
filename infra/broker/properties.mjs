const mebibyte = 1 << 20;

/**
 * Settings of every broker that Stagecoach starts for itself, whatever it runs in: one node, small
 * internal topics, records up to 16 MiB, topics only by request. The session timeout is how long it
 * takes to come back after a kill (Kafka's default is 9 s); with 1 s, a machine whose cores are all
 * busy fences its broker now and then.
 */
export const commonProperties = {
  'node.id': '1',
  'process.roles': 'broker,controller',
  'auto.create.topics.enable': 'false',
  'broker.heartbeat.interval.ms': '500',
  'broker.session.timeout.ms': '5000',
  'default.replication.factor': '1',
  'group.initial.rebalance.delay.ms': '0',
  'group.min.session.timeout.ms': '1000',
  'log.cleaner.dedupe.buffer.size': String(4 * mebibyte),
  'log.retention.hours': '24',
  'log.segment.bytes': String(128 * mebibyte),
  'message.max.bytes': String(16 * mebibyte),
  'min.insync.replicas': '1',
  'offsets.topic.num.partitions': '4',
  'offsets.topic.replication.factor': '1',
  'replica.fetch.max.bytes': String(16 * mebibyte),
  'transaction.state.log.min.isr': '1',
  'transaction.state.log.num.partitions': '4',
  'transaction.state.log.replication.factor': '1',
};

/** The listeners of a broker on this machine's loopback. */
export function loopbackListeners(port, controllerPort) {
  return {
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
  };
}

/**
 * The listeners of a broker in a container whose port 9092 is published as `host`:`port`. The
 * broker reaches itself by a listener of its own: from inside, the published address leads nowhere.
 */
export function containerListeners(host, port) {
  return {
    listeners: 'PLAINTEXT://0.0.0.0:9092,INTERNAL://127.0.0.1:9094,CONTROLLER://127.0.0.1:9093',
    'advertised.listeners': `PLAINTEXT://${host}:${port},INTERNAL://127.0.0.1:9094`,
    'controller.listener.names': 'CONTROLLER',
    'controller.quorum.voters': '1@127.0.0.1:9093',
    'inter.broker.listener.name': 'INTERNAL',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT',
  };
}

/**
 * Settings of each of several nodes that make one cluster: three replicas of everything, two of
 * which have to have a record before it is acknowledged. A node that was killed is given up, and
 * its lanes led by others, after 3 s: on two busy cores a healthy one can be silent for over 1 s.
 */
export const clusterProperties = {
  ...commonProperties,
  'broker.session.timeout.ms': '3000',
  'broker.heartbeat.interval.ms': '300',
  'default.replication.factor': '3',
  'min.insync.replicas': '2',
  'offsets.topic.replication.factor': '3',
  'transaction.state.log.min.isr': '2',
  'transaction.state.log.replication.factor': '3',
  'replica.lag.time.max.ms': '10000',
  'controlled.shutdown.max.retries': '1',
  'unclean.leader.election.enable': 'false',
};

/**
 * The listeners of one node of a cluster. Clients reach it at `advertised`; those that come by
 * `proxied` are told to go on by the proxy that is in front of it.
 * @param {object} node
 * @param {number} node.id from 1
 * @param {string} node.bind the address it listens at
 * @param {{ client: number, proxied: number, controller: number, internal: number }} node.ports
 * @param {string} node.self how the other nodes reach this one
 * @param {string} node.advertised `host:port` for clients
 * @param {string} node.proxy `host:port` of the proxy
 * @param {string} node.voters `id@host:port,…` of all nodes' controllers
 */
export function nodeListeners({ id, bind, ports, self, advertised, proxy, voters }) {
  const listen = { PLAINTEXT: ports.client, PROXIED: ports.proxied, INTERNAL: ports.internal };
  const listeners = Object.entries({ ...listen, CONTROLLER: ports.controller });
  return {
    'node.id': String(id),
    listeners: listeners.map(([name, port]) => `${name}://${bind}:${port}`).join(','),
    'advertised.listeners': `PLAINTEXT://${advertised},PROXIED://${proxy},INTERNAL://${self}:${ports.internal}`,
    'controller.listener.names': 'CONTROLLER',
    'controller.quorum.voters': voters,
    'inter.broker.listener.name': 'INTERNAL',
    'listener.security.protocol.map': listeners.map(([name]) => `${name}:PLAINTEXT`).join(','),
  };
}

/** The text of a Java properties file. */
export function propertiesText(properties) {
  const lines = Object.entries(properties).map(
    ([name, value]) => `${name}=${String(value).replaceAll('\\', '\\\\')}\n`,
  );
  return lines.join('');
}

/** Settings as environment variables, in the manner of the image apache/kafka. */
export function environmentOf(properties) {
  const entries = Object.entries(properties).map(([name, value]) => [
    `KAFKA_${name.replaceAll('_', '__').replaceAll('-', '___').replaceAll('.', '_').toUpperCase()}`,
    String(value),
  ]);
  return Object.fromEntries(entries);
}
