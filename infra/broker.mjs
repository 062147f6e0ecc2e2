/**
 * The broker for development: `node infra/broker.mjs start|stop|status`.
 * `start` prints the brokers to connect to, and writes them to .stagecoach/broker/endpoint.
 */
import { localBrokerEndpoint, startLocalBroker, stopLocalBroker } from './broker/local-broker.mjs';
import { SetupError } from './setup-error.mjs';

async function status() {
  if (process.env.KAFKA_BROKERS) return `KAFKA_BROKERS is set: ${process.env.KAFKA_BROKERS}`;
  const endpoint = await localBrokerEndpoint();
  return endpoint === undefined ? 'not running' : `running: ${endpoint}`;
}

async function stop() {
  if (process.env.KAFKA_BROKERS) return 'KAFKA_BROKERS is set: that cluster is left alone';
  return (await stopLocalBroker()) ? 'stopped' : 'not running';
}

const commands = {
  start: () => startLocalBroker((detail) => process.stderr.write(`  ${detail}\n`)),
  stop,
  status,
};

const command = commands[process.argv[2] ?? ''];
if (command === undefined) {
  process.stderr.write('Usage: node infra/broker.mjs start|stop|status\n');
  process.exitCode = 2;
} else {
  try {
    process.stdout.write(`${await command()}\n`);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
