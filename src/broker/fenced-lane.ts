import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../errors.js';
import type { Logger } from '../log.js';
import { BrokerError, isFinal } from './errors.js';
import type { LaneProducer } from './lane-producer.js';
import type { OutgoingRecord, RecordWriter } from './lane-writer.js';
import type { ProducerIdentity } from './record-batch.js';
import { TopicAbsence } from './topic-absence.js';

/** A lane, and who writes to it. */
export interface FencedLaneOptions {
  readonly topic: string;
  readonly lane: number;
  readonly identity: ProducerIdentity;
}

const firstRetryMs = 20;
const lastRetryMs = 1_000;
const maxSequence = 2 ** 31 - 1;

/**
 * Writes to a lane that was taken over, each batch of records once: the broker knows a repeated one
 * by its sequence number, and refuses all once somebody else has taken the lane over. One send at a
 * time.
 *
 * @see https://kafka.apache.org/documentation/#producerconfigs_enable.idempotence
 */
export class FencedLane implements RecordWriter {
  readonly #producer: LaneProducer;
  readonly #options: FencedLaneOptions;
  readonly #log: Logger;
  #sequence = 0;
  #isGivenUp = false;

  constructor(producer: LaneProducer, options: FencedLaneOptions, log: Logger) {
    this.#producer = producer;
    this.#options = options;
    this.#log = log;
  }

  /**
   * Resolves when all in-sync replicas have the records, which stand together and once.
   *
   * @throws {BrokerError} where somebody else has taken the lane over, or it is not known what is
   * written: take the lane over again
   * @throws {TopicGoneError} where the topic was deleted
   * @throws the signal's reason where it is aborted before that
   */
  async send(
    topic: string,
    lane: number,
    records: readonly OutgoingRecord[],
    signal?: AbortSignal,
  ): Promise<void> {
    this.#requireMine(topic, lane);
    if (records.length === 0) return;
    const absence = new TopicAbsence(topic);
    for (let retryMs = firstRetryMs; ; retryMs = Math.min(2 * retryMs, lastRetryMs)) {
      try {
        signal?.throwIfAborted();
        const origin = { ...this.#options.identity, sequence: this.#sequence };
        await this.#producer.produce(topic, lane, records, origin);
        this.#sequence = sequenceAfter(this.#sequence, records.length);
        return;
      } catch (error) {
        await this.#afterFailure(error, absence, retryMs, signal);
      }
    }
  }

  /** Waits for the next try, with what the cluster says then of who leads the lane. */
  async #afterFailure(
    error: unknown,
    absence: TopicAbsence,
    retryMs: number,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { topic, lane } = this.#options;
    try {
      signal?.throwIfAborted();
      if (isFinal(error)) {
        throw new BrokerError(`A write to lane ${lane} failed: ${messageOf(error)}`, error);
      }
      absence.observe(error);
      this.#log.warn({ topic, lane, retryMs }, `a send failed, again: ${messageOf(error)}`);
      await delay(retryMs, undefined, signal === undefined ? {} : { signal });
    } catch (final) {
      this.#isGivenUp = true;
      throw final;
    }
    await this.#producer.refresh();
  }

  #requireMine(topic: string, lane: number): void {
    const mine = this.#options;
    if (topic !== mine.topic || lane !== mine.lane) {
      throw new Error(`lane ${lane} of ${topic} is written as lane ${mine.lane} of ${mine.topic}`);
    }
    if (this.#isGivenUp) {
      throw new BrokerError(`Lane ${lane} of ${topic} has to be taken over again.`);
    }
  }
}

/** The sequence number after so many more records: it begins again at 0 after the largest int32. */
export function sequenceAfter(sequence: number, records: number): number {
  const next = sequence + records;
  return next > maxSequence ? next - maxSequence - 1 : next;
}
