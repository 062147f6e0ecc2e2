import { setTimeout as delay } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import type { Kafka, Producer } from 'kafkajs';
import { laneOf } from '../../src/broker/lane-of.js';
import type { FixRecord, Traffic } from './traffic.js';

const { Kafka: KafkaClient, logLevel } = kafkajs;

const tickMs = 40;
/** When it is told to stop and no broker answers, it gives up after this. */
const giveUpMs = 30_000;

/** Where the feed sends, and how much. */
export interface FeedOptions {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly lanes: number;
  readonly ratePerS: number;
  readonly traffic: Traffic;
}

/**
 * Sends fixes at a steady rate with a plain idempotent producer, and notes what the brokers have
 * acknowledged. What is not acknowledged is sent again: it may be in its topic twice then.
 */
export class Feed {
  readonly #options: FeedOptions;
  readonly #kafka: Kafka;
  readonly #acknowledged = new Map<string, string>();
  readonly #stopping = new AbortController();
  readonly #givingUp = new AbortController();
  #extra: FixRecord[] = [];
  #running: Promise<void> = Promise.resolve();
  #producer: Producer | null = null;

  private constructor(options: FeedOptions) {
    this.#options = options;
    this.#kafka = new KafkaClient({
      brokers: [...options.brokers],
      clientId: 'feed',
      logLevel: logLevel.NOTHING,
      connectionTimeout: 2_000,
      requestTimeout: 10_000,
      retry: { initialRetryTime: 50, maxRetryTime: 1_000, retries: 5 },
    });
  }

  static start(options: FeedOptions): Feed {
    const feed = new Feed(options);
    feed.#running = feed.#run();
    return feed;
  }

  /** The value of each acknowledged record, by `lane offset`. */
  get acknowledged(): ReadonlyMap<string, string> {
    return this.#acknowledged;
  }

  /** Sends these as well, side by side, with the next fixes. */
  add(records: readonly FixRecord[]): void {
    this.#extra.push(...records);
  }

  /** Resolves when all that was begun is acknowledged, or nobody has answered for long. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    setTimeout(() => this.#givingUp.abort(), giveUpMs).unref();
    await this.#running;
    await this.#producer?.disconnect().catch(() => undefined);
  }

  async #run(): Promise<void> {
    const { ratePerS, traffic } = this.#options;
    const startMs = Date.now();
    let sent = 0;
    while (!this.#stopping.signal.aborted) {
      // Where sending stood still, what was not sent meanwhile is left out: vehicles go on.
      const due = Math.floor(((Date.now() - startMs) / 1000) * ratePerS) - sent;
      sent += due;
      const count = Math.min(due, ratePerS);
      const records = [...Array.from({ length: count }, () => traffic.next()), ...this.#extra];
      this.#extra = [];
      if (records.length > 0) await this.#send(records);
      await delay(tickMs);
    }
  }

  async #send(records: readonly FixRecord[]): Promise<void> {
    const { lanes, topic } = this.#options;
    const byLane = new Map<number, FixRecord[]>();
    records.forEach((record, at) => {
      const lane = record.key === null ? at % lanes : laneOf(record.key, lanes);
      byLane.set(lane, [...(byLane.get(lane) ?? []), record]);
    });
    const left = new Set(byLane.keys());
    while (left.size > 0 && !this.#givingUp.signal.aborted) {
      const messages = [...left].flatMap((lane) =>
        (byLane.get(lane) ?? []).map((record) => ({ ...record, partition: lane })),
      );
      try {
        const producer = await this.#connected();
        for (const { partition, baseOffset } of await producer.send({
          topic,
          messages,
          acks: -1,
        })) {
          left.delete(partition);
          this.#note(partition, Number(baseOffset), byLane.get(partition) ?? []);
        }
      } catch {
        // What became of it is not known: a new producer, whose sequence begins anew, sends it again.
        await this.#producer?.disconnect().catch(() => undefined);
        this.#producer = null;
        await delay(100);
      }
    }
  }

  #note(lane: number, baseOffset: number, records: readonly FixRecord[]): void {
    records.forEach(({ value }, at) => {
      this.#acknowledged.set(`${lane} ${baseOffset + at}`, value);
    });
  }

  async #connected(): Promise<Producer> {
    if (this.#producer !== null) return this.#producer;
    const producer = this.#kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
    this.#producer = producer;
    await producer.connect();
    return producer;
  }
}
