import { hasJars } from '../broker/java.mjs';
import { dockerProblem, hasImage, wantedKafkaImage } from '../docker.mjs';
import { localKafkaImage } from '../image/build.mjs';
import { obtainKafkaImage } from '../image/kafka-image.mjs';
import { SetupError } from '../setup-error.mjs';
import { fetchKafkaJars, jarsProblem } from './kafka-jars.mjs';

async function requireJavaOrDocker() {
  const java = await jarsProblem();
  if (java === undefined) return;
  const docker = await dockerProblem();
  if (docker === undefined) return;
  throw new SetupError(
    `Nothing here can run a Kafka broker: found ${java}, and ${docker}. Install Java 17 or later with Maven (on Debian and Ubuntu: apt-get install default-jdk-headless maven), or start Docker, or set KAFKA_BROKERS to the cluster to use, such as kafka1:9092.`,
  );
}

/** What a local Kafka broker is made of: Maven Central's jars for Java, else an image for Docker. */
export const brokerStep = {
  title: 'Kafka broker',
  bytes: 200e6,

  async isDone() {
    if (process.env.KAFKA_BROKERS || hasJars()) return true;
    if ((await jarsProblem()) === undefined || (await dockerProblem()) !== undefined) return false;
    return (await hasImage(wantedKafkaImage)) || hasImage(localKafkaImage);
  },

  requirements: () => [requireJavaOrDocker],

  async run(report) {
    if ((await jarsProblem()) === undefined) await fetchKafkaJars(report);
    else await obtainKafkaImage(report);
  },
};
