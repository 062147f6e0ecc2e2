import type { LaneBounds } from '../../../src/broker/lane-log.js';
import type { LaneProgress } from '../../../src/broker/lane-worker.js';
import type { OutgoingRecord } from '../../../src/broker/lane-writer.js';
import { MemoryLane, type MemoryTransaction } from './memory-lane.js';

/** Whose progress, in the order group, topic, lane. */
export type CommitKey = readonly [groupId: string, topic: string, lane: number];

/** What is known of a `transactional.id`. */
interface TransactionalId {
  epoch: number;
  open: (MemoryTransaction & { readonly lanes: Set<MemoryLane> }) | null;
}

/** The broker refuses a producer whose `transactional.id` another has taken over. */
export class FencedError extends Error {}

/**
 * What a Kafka cluster promises the pipeline, in memory: lanes that only grow, committed offsets,
 * transactions with fencing. Nothing is deleted, and every method is one moment of the broker.
 */
export class MemoryKafka {
  readonly lanes: number;
  /** Grows with everything that changes. */
  changes = 0;
  readonly #now: () => number;
  readonly #topics = new Map<string, readonly MemoryLane[]>();
  /** The commits of each group in each lane, oldest first. */
  readonly #commits = new Map<string, LaneProgress[]>();
  readonly #transactionalIds = new Map<string, TransactionalId>();

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

  /** Aborts what the `transactional.id` has open, and fences whoever had it. @returns the epoch */
  takeOver(transactionalId: string): number {
    const before = this.#transactionalIds.get(transactionalId);
    const epoch = (before?.epoch ?? -1) + 1;
    this.#end(before?.open ?? null, 'aborted');
    this.#transactionalIds.set(transactionalId, { epoch, open: null });
    return epoch;
  }

  /** Writes records in a transaction, which begins with the first of them. */
  write(
    transactionalId: string,
    epoch: number,
    topic: string,
    lane: number,
    records: readonly OutgoingRecord[],
  ): void {
    const id = this.#requireEpoch(transactionalId, epoch);
    id.open ??= { state: 'open', lanes: new Set() };
    const log = this.lane(topic, lane);
    id.open.lanes.add(log);
    this.changes += 1;
    log.append(records, this.#now(), id.open);
  }

  /** Commits what was written, and progress with it. */
  commitWritten(
    transactionalId: string,
    epoch: number,
    key: CommitKey,
    progress: LaneProgress,
  ): void {
    const id = this.#requireEpoch(transactionalId, epoch);
    this.#end(id.open, 'committed');
    id.open = null;
    this.commit(key, progress);
  }

  #requireEpoch(transactionalId: string, epoch: number): TransactionalId {
    const id = this.#transactionalIds.get(transactionalId);
    if (id?.epoch === epoch) return id;
    throw new FencedError(`${transactionalId} was taken over`);
  }

  #end(transaction: TransactionalId['open'], state: 'committed' | 'aborted'): void {
    if (transaction === null) return;
    transaction.state = state;
    for (const lane of transaction.lanes) lane.mark(this.#now());
    this.changes += 1;
  }

  #lanesOf(topic: string): readonly MemoryLane[] {
    const known = this.#topics.get(topic);
    if (known !== undefined) return known;
    const made = Array.from({ length: this.lanes }, (_, lane) => new MemoryLane(lane));
    this.#topics.set(topic, made);
    return made;
  }
}
