import { infra } from './infra.js';
import { startKafkaContainer } from './kafka-container.js';
import { startJavaKafka } from './java-kafka.js';

/** A Kafka cluster for the tests of one file. */
export interface KafkaFixture {
  /** "host:port" of each broker. */
  readonly brokers: string[];
  readonly how: 'testcontainers' | 'java' | 'external';
  /** Kills the broker and starts it again, at the same address, with the same records. */
  restart?(): Promise<void>;
  /** Ends the broker and removes what it wrote; an external cluster is left alone. */
  stop(): Promise<void>;
}

function say(text: string): void {
  console.log(`Kafka for these tests: ${text}`);
}

function external(brokers: string): KafkaFixture {
  say(`the cluster of KAFKA_BROKERS, ${brokers}`);
  return {
    brokers: brokers.split(',').map((broker) => broker.trim()),
    how: 'external',
    stop: () => Promise.resolve(),
  };
}

/**
 * A real Kafka: the cluster of `KAFKA_BROKERS`; else a container by Testcontainers where a Docker
 * daemon answers; else a broker run by Java. It says which.
 * @throws {Error} where none of them is possible: the tests then fail, they aren't skipped
 */
export async function startKafka(): Promise<KafkaFixture> {
  const given = process.env.KAFKA_BROKERS;
  if (given !== undefined && given !== '') return external(given);
  const docker = await infra.dockerProblem();
  if (docker === undefined) return startKafkaContainer(say);
  const { problem } = infra.hasJars() ? await infra.findJava() : { problem: 'no Kafka jars' };
  if (problem !== undefined) {
    throw new Error(
      `These tests need a Kafka broker: found ${docker}, and ${problem}. Start Docker, or run \`npm run setup\` with Java 17 or later and Maven, or set KAFKA_BROKERS.`,
    );
  }
  return startJavaKafka(say, `found ${docker}`);
}
