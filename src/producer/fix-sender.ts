import { setTimeout as delay } from 'node:timers/promises';
import { sendDeadLetters } from '../broker/dead-letter-writer.js';
import { laneOf } from '../broker/lane-of.js';
import {
  RecordTooLargeError,
  type LaneWriter,
  type OutgoingRecord,
} from '../broker/lane-writer.js';
import { TokenBucket } from '../broker/token-bucket.js';
import type { PipelineTopics } from '../broker/topics.js';
import { messageOf } from '../errors.js';
import type { GeoFix } from '../geo/fix.js';
import type { DeadLetter } from '../wire/dead-letter.js';
import { encodeGeoFix } from '../wire/geo-fix.js';

/** Fixes of a lane that wait to be sent, at most, before `send` lets its caller wait. */
const maxWaiting = 2_000;
/** Fixes in one request, at most. */
const maxPerRequest = 1_000;
/**
 * Requests of a lane: each costs the broker as much as some fifty fixes. As long as fixes are fewer
 * than this each goes at once; else they wait for each other, a thirtieth of a second at most.
 */
const requestRate = { perS: 32, burst: 16 };

interface Lane {
  readonly bucket: TokenBucket;
  waiting: OutgoingRecord[];
  sending: Promise<void> | null;
}

/**
 * Writes fixes to the pipeline's input topic, each in its vehicle's lane and in the order in which
 * they come. Fixes of a lane that come while a request is in flight, or while there are many, go
 * together in the next one.
 */
export class FixSender {
  readonly #writer: LaneWriter;
  readonly #topics: PipelineTopics;
  readonly #lanes: Lane[];
  readonly #laneOfVehicle = new Map<string, number>();
  readonly #onSent: (fixes: number, payloadBytes: number) => void;
  #failure: Error | null = null;

  /** @param onSent is told of every request that was acknowledged */
  constructor(
    writer: LaneWriter,
    topics: PipelineTopics,
    lanes: number,
    onSent: (fixes: number, payloadBytes: number) => void = () => undefined,
  ) {
    this.#writer = writer;
    this.#topics = topics;
    const nowMs = performance.now();
    this.#lanes = Array.from({ length: lanes }, () => {
      return { bucket: new TokenBucket(requestRate, nowMs), waiting: [], sending: null };
    });
    this.#onSent = onSent;
  }

  /**
   * Takes a fix. Resolves when there is room for more.
   *
   * @throws the error that ended an earlier request
   */
  async send(fix: GeoFix): Promise<void> {
    if (this.#failure !== null) throw this.#failure;
    const number = this.#laneOf(fix.vehicleId);
    const lane = this.#lanes[number];
    if (lane === undefined) return;
    lane.waiting.push({ key: fix.vehicleId, value: encodeGeoFix(fix) });
    lane.sending ??= this.#drain(number, lane);
    if (lane.waiting.length >= maxWaiting) await lane.sending;
  }

  /** Resolves when all that was taken is acknowledged. */
  async flush(): Promise<void> {
    for (const { sending } of this.#lanes) await sending;
    if (this.#failure !== null) throw this.#failure;
  }

  #laneOf(vehicleId: string): number {
    let lane = this.#laneOfVehicle.get(vehicleId);
    if (lane === undefined) {
      lane = laneOf(vehicleId, this.#lanes.length);
      this.#laneOfVehicle.set(vehicleId, lane);
    }
    return lane;
  }

  async #drain(number: number, lane: Lane): Promise<void> {
    try {
      // What the caller adds in this turn goes along.
      await new Promise(setImmediate);
      while (lane.waiting.length > 0) {
        const gatherMs = lane.bucket.waitMs(performance.now());
        if (gatherMs > 0 && lane.waiting.length < maxPerRequest) await delay(gatherMs);
        lane.bucket.take(performance.now());
        const records = lane.waiting.slice(0, maxPerRequest);
        lane.waiting = lane.waiting.slice(records.length);
        await this.#request(number, records);
        const bytes = records.reduce((sum, { value }) => sum + value.byteLength, 0);
        this.#onSent(records.length, bytes);
      }
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error(messageOf(error));
    } finally {
      lane.sending = null;
    }
  }

  async #request(lane: number, records: readonly OutgoingRecord[]): Promise<void> {
    try {
      await this.#writer.send(this.#topics.fixes, lane, records);
    } catch (error) {
      if (!(error instanceof RecordTooLargeError)) throw error;
      const [first, ...others] = records;
      if (first === undefined) return;
      if (others.length === 0) await this.#bury(lane, first, error);
      else for (const record of records) await this.#request(lane, [record]);
    }
  }

  /** A record that the broker refuses for its size has no offset. */
  async #bury(lane: number, record: OutgoingRecord, error: RecordTooLargeError): Promise<void> {
    const key = record.key === null ? null : Buffer.from(record.key);
    const { code, message } = error;
    const letter = unsentLetter(this.#topics.fixes, {
      lane,
      key,
      value: record.value,
      code,
      message,
    });
    await sendDeadLetters(this.#writer, this.#topics.deadLetter, [letter]);
  }
}

/** What did not get into a topic, and why. */
export interface Unsent extends Pick<DeadLetter, 'lane' | 'key' | 'value' | 'code' | 'message'> {
  readonly headers?: DeadLetter['headers'];
}

/** The dead letter of something that never got an offset: it has −1 for one. */
export function unsentLetter(topic: string, unsent: Unsent): DeadLetter {
  return {
    headers: {},
    ...unsent,
    topic,
    offset: -1,
    item: null,
    timeMs: Date.now(),
    truncatedFromBytes: null,
  };
}
