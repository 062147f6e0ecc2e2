import { require, substitute } from './substitute.js';

/** What one call of a producer's is to send, and the answers of the brokers to it. */
interface Sending {
  readonly acks: number;
  readonly topicMessages: readonly {
    readonly topic: string;
    readonly messages: readonly { readonly partition?: number | undefined }[];
  }[];
}

interface PartitionAnswer {
  readonly topicName: string;
  readonly partition: number;
}

interface KafkaErrors {
  readonly KafkaJSError: new (message: string, options: object) => Error;
}

type SendMessages = (wiring: object) => (sending: Sending) => Promise<readonly PartitionAnswer[]>;

/**
 * While leaders change, kafkajs can leave out partitions that it finds no leader for, or whose new
 * leader has answered for others already, and report success. Such a send fails here instead.
 */
export function requireAnswers(): void {
  const { KafkaJSError } = require('kafkajs/src/errors.js') as KafkaErrors;
  substitute<SendMessages>('kafkajs/src/producer/sendMessages.js', (original) => (wiring) => {
    const send = original(wiring);
    return async (sending) => {
      const answers = await send(sending);
      const left = sending.acks === 0 ? [] : unanswered(sending, answers);
      if (left.length === 0) return answers;
      throw new KafkaJSError(`No leader was sent the records of ${left.join(', ')}`, {
        retriable: true,
      });
    };
  });
}

function unanswered({ topicMessages }: Sending, answers: readonly PartitionAnswer[]): string[] {
  const answered = new Set(answers.map(({ topicName, partition }) => `${topicName} ${partition}`));
  const places = topicMessages.flatMap(({ topic, messages }) =>
    messages.flatMap(({ partition }) => (partition === undefined ? [] : [`${topic} ${partition}`])),
  );
  return [...new Set(places)].filter((place) => !answered.has(place));
}
