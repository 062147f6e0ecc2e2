import type { Kafka, Message } from '../../src/broker/kafka-client.js';

/** Writes a record as any other program may, which knows nothing of ours. */
export async function writeAsForeigner(
  kafka: Kafka,
  topic: string,
  record: Message,
): Promise<void> {
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  try {
    await producer.send({ topic, messages: [record] });
  } finally {
    await producer.disconnect();
  }
}
