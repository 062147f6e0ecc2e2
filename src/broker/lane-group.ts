import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../errors.js';
import type { Logger } from '../log.js';
import { connected } from './connect.js';
import { doneWithin } from './done-within.js';
import { MembershipError } from './errors.js';
import {
  AssignerProtocol,
  clientRetry,
  createKafka,
  type ClientOptions,
  type Consumer,
  type PartitionAssigner,
} from './kafka-client.js';
import { assignSticky } from './sticky-assignment.js';

/** How a worker takes part in its consumer group. */
export interface LaneGroupOptions {
  readonly groupId: string;
  /** The topic whose lanes are shared out. */
  readonly topic: string;
  /** A member that is silent for this long loses its lanes. Milliseconds. */
  readonly sessionTimeoutMs: number;
  /** Called with all lanes that are this member's from now on. */
  readonly onAssigned: (lanes: readonly number[]) => void;
  /** Called when the membership has ended by an error and will not come back. */
  readonly onCrash: (error: unknown) => void;
}

/** Heartbeats tell of a rebalance: often enough that a joining worker is served in well under 1 s. */
const heartbeatIntervalMs = 150;
/** How often kafkajs looks at its paused lanes, and with that at the time for a heartbeat. */
const idleLoopMs = 50;
/** Between a membership that has failed and the next try. */
const restartPauseMs = 300;
/** Longer than a request may take before its connection is given up. */
const commitLimitMs = 15_000;

/** How far a lane has been read. */
export interface LaneCommit {
  readonly lane: number;
  readonly nextOffset: number;
  readonly metadata: string;
}

/**
 * Membership in a consumer group: which lanes are this worker's. It reads no records: all lanes are
 * paused in kafkajs for ever, and `LaneReader` fetches them from the positions that coverage gives.
 * So a rebalance never stops a lane that stays where it is.
 */
export class LaneGroup {
  readonly #consumer: Consumer;
  readonly #options: LaneGroupOptions;
  readonly #log: Logger;
  #owned: readonly number[] = [];
  #isMember = false;
  #hasLeft = false;
  #beats = 0;
  #commits = 0;
  /** The offset of each lane that the coordinator has acknowledged since a commit was begun. */
  readonly #committed = new Map<number, unknown>();
  #lastError: string | null = null;

  constructor(client: ClientOptions, options: LaneGroupOptions, log: Logger) {
    this.#options = options;
    this.#log = log;
    this.#consumer = createKafka(client, log).consumer({
      groupId: options.groupId,
      sessionTimeout: options.sessionTimeoutMs,
      rebalanceTimeout: rebalanceTimeoutMs(options.sessionTimeoutMs),
      heartbeatInterval: Math.min(heartbeatIntervalMs, options.sessionTimeoutMs / 3),
      maxWaitTimeInMs: idleLoopMs,
      allowAutoTopicCreation: false,
      retry: { ...clientRetry, restartOnFailure: () => this.#mayRestart() },
      partitionAssigners: [stickyAssigner(() => this.#owned)],
    });
  }

  /** The lanes that are this member's, as far as it knows. */
  get owned(): readonly number[] {
    return this.#owned;
  }

  /** Whether the group has given it its lanes, and is not sharing them out anew. */
  get isMember(): boolean {
    return this.#isMember;
  }

  /** Grows with every answer of the group's coordinator: a member of which it doesn't is dead. */
  get beats(): number {
    return this.#beats;
  }

  /** Grows with every commit that the coordinator has acknowledged. */
  get commits(): number {
    return this.#commits;
  }

  /** Why the membership broke last; null once it is mended. */
  get lastError(): string | null {
    return this.#lastError;
  }

  /** @throws {BrokerError} where no broker answers */
  async join(): Promise<void> {
    const { topic } = this.#options;
    const { GROUP_JOIN, HEARTBEAT, REBALANCING, CRASH, COMMIT_OFFSETS } = this.#consumer.events;
    this.#consumer.on(GROUP_JOIN, ({ payload }) => {
      // kafkajs can't take back a join that is on its way. What is thrown here ends that member:
      // it would keep lanes that nobody reads.
      if (this.#hasLeft) throw new Error('the group has been left meanwhile');
      this.#consumer.pause([{ topic }]);
      this.#owned = payload.memberAssignment[topic] ?? [];
      this.#isMember = true;
      this.#beats += 1;
      this.#lastError = null;
      this.#log.info({ lanes: this.#owned }, 'lanes assigned');
      this.#options.onAssigned(this.#owned);
    });
    this.#consumer.on(HEARTBEAT, () => {
      this.#beats += 1;
    });
    this.#consumer.on(COMMIT_OFFSETS, ({ payload }) => {
      for (const { partitions } of payload.topics) {
        for (const { partition, offset } of partitions) {
          // A Long, whatever kafkajs's types say.
          this.#committed.set(partition, offset);
        }
      }
      this.#commits += 1;
    });
    this.#consumer.on(REBALANCING, () => {
      this.#isMember = false;
    });
    this.#consumer.on(CRASH, ({ payload }) => this.#onCrash(payload.error, payload.restart));
    await connected(this.#consumer);
    await this.#consumer.subscribe({ topic });
    await this.#consumer.run({ autoCommit: false, eachBatch: () => Promise.resolve() });
  }

  #onCrash(error: Error, joinsAgain: boolean): void {
    if (this.#hasLeft) return;
    this.#isMember = false;
    this.#lastError = messageOf(error);
    if (joinsAgain) {
      this.#log.warn(`the membership broke, and is taken up again: ${messageOf(error)}`);
    } else {
      this.#options.onCrash(new MembershipError(this.#options.groupId, error));
    }
  }

  /**
   * Commits how far lanes have been read, with the coverage that their output has reached: a hint for
   * the next start, and for whoever watches. A kafkajs consumer that is no member takes commits and
   * makes nothing of them.
   *
   * @returns whether the coordinator has it
   */
  async commit(lanes: readonly LaneCommit[]): Promise<boolean> {
    const { topic } = this.#options;
    this.#committed.clear();
    try {
      const committing = this.#consumer.commitOffsets(
        lanes.map(({ lane, nextOffset, metadata }) => {
          return { topic, partition: lane, offset: String(nextOffset), metadata };
        }),
      );
      if (!(await doneWithin(commitLimitMs, committing))) {
        this.#log.warn(`no answer to a commit within ${commitLimitMs / 1000} s: it is made anew`);
        return false;
      }
    } catch (error) {
      this.#log.debug(`the offsets were not committed: ${messageOf(error)}`);
      return false;
    }
    return lanes.every(
      ({ lane, nextOffset }) => String(this.#committed.get(lane)) === String(nextOffset),
    );
  }

  /** While its coordinator is down kafkajs would begin anew without a pause, and do nothing else. */
  async #mayRestart(): Promise<boolean> {
    await delay(restartPauseMs);
    return !this.#hasLeft;
  }

  /** Leaves the group for good, so that its lanes go to others at once. */
  async leave(): Promise<void> {
    this.#hasLeft = true;
    this.#isMember = false;
    await this.#consumer.disconnect();
  }
}

/** How long the group waits, at most, for its members when lanes are shared out anew. */
export function rebalanceTimeoutMs(sessionTimeoutMs: number): number {
  return Math.max(5_000, sessionTimeoutMs);
}

const assignerName = 'stagecoach-sticky';

function stickyAssigner(owned: () => readonly number[]): PartitionAssigner {
  return ({ cluster }) => ({
    name: assignerName,
    version: 1,
    protocol: ({ topics }) => ({
      name: assignerName,
      metadata: AssignerProtocol.MemberMetadata.encode({
        version: 1,
        topics,
        userData: Buffer.from(JSON.stringify(owned())),
      }),
    }),
    assign: ({ members, topics }) => {
      const topic = topics[0] ?? '';
      const lanes = cluster.findTopicPartitionMetadata(topic).map((p) => p.partitionId);
      const assigned = assignSticky(
        members.map(({ memberId, memberMetadata }) => ({
          id: memberId,
          owned: ownedBefore(memberMetadata),
        })),
        lanes,
      );
      return Promise.resolve(
        [...assigned].map(([memberId, mine]) => ({
          memberId,
          memberAssignment: AssignerProtocol.MemberAssignment.encode({
            version: 1,
            assignment: { [topic]: mine },
            userData: Buffer.alloc(0),
          }),
        })),
      );
    },
  });
}

function ownedBefore(memberMetadata: Buffer): number[] {
  const userData = AssignerProtocol.MemberMetadata.decode(memberMetadata)?.userData;
  if (userData === undefined || userData.length === 0) return [];
  try {
    const parsed: unknown = JSON.parse(userData.toString());
    return Array.isArray(parsed) ? parsed.filter((lane) => typeof lane === 'number') : [];
  } catch {
    // Another program's member data: it just owns nothing that we know of.
    return [];
  }
}
