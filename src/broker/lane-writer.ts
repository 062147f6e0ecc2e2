import { setTimeout as delay } from 'node:timers/promises';
import { messageOf, PipelineError } from '../errors.js';
import type { Logger } from '../log.js';
import { requestsOf } from './requests-of.js';
import { causesOf, TopicAbsence } from './topic-absence.js';
import type { Kafka, Message } from './kafka-client.js';
import { LaneProducer } from './lane-producer.js';

/** A record to be written; its lane is given beside it. */
export interface OutgoingRecord {
  readonly key: Buffer | string | null;
  readonly value: Buffer;
  /** What comes behind `value` in the record's value: large parts need no copy to be joined to it. */
  readonly tail?: readonly Buffer[];
  readonly headers?: Readonly<Record<string, string | Buffer>>;
}

/** The broker does not take a record of this size, and never will. */
export class RecordTooLargeError extends PipelineError {
  constructor(topic: string, bytes: number, cause: unknown) {
    super(
      `A record of ${bytes} bytes is larger than ${topic} takes: raise max.message.bytes of the topic, or send less in one record.`,
      { code: 'RECORD_TOO_LARGE', disposition: 'deadLetter', cause },
    );
  }
}

/** What a lane's output is written with. */
export type RecordWriter = Pick<LaneWriter, 'send'>;

const firstRetryMs = 50;
const lastRetryMs = 2_000;

/**
 * Writes records to lanes, acknowledged by all in-sync replicas. A send that fails is repeated
 * until it succeeds: the caller sends nothing more to that lane before. A repeated send can write
 * a record twice, which readers see by its coverage.
 */
export class LaneWriter {
  readonly #producer: LaneProducer;
  readonly #log: Logger;
  #lastError: string | null = null;

  private constructor(producer: LaneProducer, log: Logger) {
    this.#producer = producer;
    this.#log = log;
  }

  static async connect(kafka: Kafka, log: Logger): Promise<LaneWriter> {
    return new LaneWriter(await LaneProducer.connect(kafka, log), log);
  }

  async close(): Promise<void> {
    await this.#producer.close();
  }

  /** Why the last send failed; null where it was acknowledged. */
  get lastError(): string | null {
    return this.#lastError;
  }

  /**
   * Resolves when the broker has acknowledged all of them.
   *
   * @throws {RecordTooLargeError} where the topic does not take a record of that size
   * @throws {TopicGoneError} where the topic was deleted
   * @throws the signal's reason where it is aborted before that
   */
  async send(
    topic: string,
    lane: number,
    records: readonly OutgoingRecord[],
    signal?: AbortSignal,
  ): Promise<void> {
    for (const request of requestsOf(records)) await this.#send(topic, lane, request, signal);
  }

  async #send(
    topic: string,
    lane: number,
    records: readonly OutgoingRecord[],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const absence = new TopicAbsence(topic);
    for (let retryMs = firstRetryMs; ; retryMs = Math.min(2 * retryMs, lastRetryMs)) {
      signal?.throwIfAborted();
      try {
        await this.#producer.produce(topic, lane, records);
        this.#lastError = null;
        return;
      } catch (error) {
        if (error instanceof TypeError || error instanceof RangeError) throw error;
        if (isTooLarge(error)) {
          throw new RecordTooLargeError(topic, largest(records), error);
        }
        absence.observe(error);
        this.#lastError = messageOf(error);
        this.#log.warn({ topic, lane, retryMs }, `a send failed, again: ${messageOf(error)}`);
        await delay(retryMs, undefined, signal === undefined ? {} : { signal });
        await this.#producer.refresh();
      }
    }
  }
}

/** A record as kafkajs takes it, for a lane that the caller has chosen. */
export function toMessage(lane: number, record: OutgoingRecord): Message {
  return {
    partition: lane,
    key: record.key,
    value: wholeValue(record),
    ...(record.headers === undefined ? {} : { headers: { ...record.headers } }),
  };
}

/** Bytes of a record's whole value. */
export function valueBytes({ value, tail = [] }: OutgoingRecord): number {
  return tail.reduce((sum, part) => sum + part.byteLength, value.byteLength);
}

/** A record's whole value in one piece. */
export function wholeValue({ value, tail = [] }: OutgoingRecord): Buffer {
  return tail.length === 0 ? value : Buffer.concat([value, ...tail]);
}

function largest(records: readonly OutgoingRecord[]): number {
  return records.reduce((most, record) => Math.max(most, valueBytes(record)), 0);
}

function isTooLarge(error: unknown): boolean {
  return causesOf(error).some((cause) => {
    const type = Reflect.get(cause, 'type') as unknown;
    return type === 'MESSAGE_TOO_LARGE' || type === 'RECORD_LIST_TOO_LARGE';
  });
}
