import type { LaneBounds } from '../../../src/broker/lane-log.js';
import type { LaneProgress } from '../../../src/broker/lane-worker.js';
import type { OutgoingRecord } from '../../../src/broker/lane-writer.js';
import { MemoryLane } from './memory-lane.js';

/** Whose progress, in the order group, topic, lane. */
export type CommitKey = readonly [groupId: string, topic: string, lane: number];

/** What a lane knows of the producer with a `transactional.id`. */
interface ProducerState {
  epoch: number;
  /** The sequence number of the record that it is to write next. */
  sequence: number;
}

/** The broker refuses a producer whose `transactional.id` another has taken over. */
export class FencedError extends Error {}

/**
 * What a Kafka cluster promises the pipeline, in memory: lanes that only grow, committed offsets,
 * fenced and repeated writes. Nothing is deleted, and every method is one moment of the broker.
 */
export class MemoryKafka {
  readonly lanes: number;
  /** Grows with everything that changes. */
  changes = 0;
  readonly #now: () => number;
  readonly #topics = new Map<string, readonly MemoryLane[]>();
  /** The commits of each group in each lane, oldest first. */
  readonly #commits = new Map<string, LaneProgress[]>();
  readonly #producers = new Map<string, ProducerState>();

  /** @param now the broker's clock, epoch milliseconds */
  constructor(lanes: number, now: () => number) {
    this.lanes = lanes;
    this.#now = now;
  }

  /** A lane of a topic, which is made when it is first asked for. */
  lane(topic: string, lane: number): MemoryLane {
    const found = this.#lanesOf(topic)[lane];
    if (found === undefined) throw new RangeError(`${topic} has no lane ${lane}`);
    return found;
  }

  bounds(topic: string): LaneBounds {
    const lanes = this.#lanesOf(topic);
    return { begin: lanes.map(() => 0), end: lanes.map(({ end }) => end) };
  }

  offsetsAt(topic: string, timestampMs: number): number[] {
    return this.#lanesOf(topic).map((lane) => lane.offsetAt(timestampMs));
  }

  append(topic: string, lane: number, records: readonly OutgoingRecord[]): void {
    this.changes += 1;
    this.lane(topic, lane).append(records, this.#now());
  }

  /** Appends a control record, such as the end of somebody else's transaction. */
  mark(topic: string, lane: number): void {
    this.changes += 1;
    this.lane(topic, lane).mark(this.#now());
  }

  commit(key: CommitKey, progress: LaneProgress): void {
    const before = this.#commits.get(key.join(' ')) ?? [];
    if (before.at(-1)?.nextOffset !== progress.nextOffset) this.changes += 1;
    this.#commits.set(key.join(' '), [...before.slice(-1), progress]);
  }

  /** @param late as a group coordinator that has not taken in the last commit yet */
  progressOf(groupId: string, topic: string, late: boolean): Map<number, LaneProgress> {
    const found = new Map<number, LaneProgress>();
    for (let lane = 0; lane < this.lanes; lane += 1) {
      const commits = this.#commits.get([groupId, topic, lane].join(' ')) ?? [];
      const shown = late ? commits.at(-2) : commits.at(-1);
      if (shown !== undefined) found.set(lane, shown);
    }
    return found;
  }

  /** Fences whoever had the `transactional.id`, and marks the lane. @returns the new epoch */
  takeOver(transactionalId: string, topic: string, lane: number): number {
    const epoch = (this.#producers.get(transactionalId)?.epoch ?? -1) + 1;
    this.#producers.set(transactionalId, { epoch, sequence: 0 });
    this.mark(topic, lane);
    return epoch;
  }

  /**
   * Writes records under an identity. What was written before is not written again.
   *
   * @param sequence the number of records that were written under this epoch before
   * @throws {FencedError} where another has taken the id over
   */
  write(
    producer: { readonly transactionalId: string; readonly epoch: number },
    sequence: number,
    place: { readonly topic: string; readonly lane: number },
    records: readonly OutgoingRecord[],
  ): void {
    const { transactionalId, epoch } = producer;
    const state = this.#producers.get(transactionalId);
    if (state?.epoch !== epoch) throw new FencedError(`${transactionalId} was taken over`);
    if (sequence < state.sequence) return;
    if (sequence > state.sequence) throw new RangeError('records before these are missing');
    state.sequence += records.length;
    this.append(place.topic, place.lane, records);
  }

  #lanesOf(topic: string): readonly MemoryLane[] {
    const known = this.#topics.get(topic);
    if (known !== undefined) return known;
    const made = Array.from({ length: this.lanes }, (_, lane) => new MemoryLane(lane));
    this.#topics.set(topic, made);
    return made;
  }
}
