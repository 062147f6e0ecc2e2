import { hasImage, pullImage, wantedKafkaImage } from '../docker.mjs';
import { buildKafkaImage, localKafkaImage } from './build.mjs';

/**
 * A Kafka image that the daemon has: the one that is asked for (KAFKA_IMAGE, default
 * apache/kafka:3.9.1), pulled if need be; where no registry offers it, one built here.
 * @param {(detail: string) => void} [report]
 * @returns {Promise<string>} its name
 */
export async function obtainKafkaImage(report = () => {}) {
  if (await hasImage(wantedKafkaImage)) return wantedKafkaImage;
  report(`pulling ${wantedKafkaImage}`);
  if (await pullImage(wantedKafkaImage, report)) return wantedKafkaImage;
  if (await hasImage(localKafkaImage)) return localKafkaImage;
  report(`${wantedKafkaImage} can't be had: building one here`);
  return buildKafkaImage(report);
}
