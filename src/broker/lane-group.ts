import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../errors.js';
import type { Logger } from '../log.js';
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
const heartbeatIntervalMs = 250;
/** How often kafkajs looks at its paused lanes, and with that at the time for a heartbeat. */
const idleLoopMs = 100;
/** Between a membership that has failed and the next try. */
const restartPauseMs = 300;

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

  constructor(client: ClientOptions, options: LaneGroupOptions, log: Logger) {
    this.#options = options;
    this.#log = log;
    this.#consumer = createKafka(client, log).consumer({
      groupId: options.groupId,
      sessionTimeout: options.sessionTimeoutMs,
      rebalanceTimeout: Math.max(5_000, options.sessionTimeoutMs),
      heartbeatInterval: Math.min(heartbeatIntervalMs, options.sessionTimeoutMs / 3),
      maxWaitTimeInMs: idleLoopMs,
      allowAutoTopicCreation: false,
      retry: { ...clientRetry, restartOnFailure: waitAndRestart },
      partitionAssigners: [stickyAssigner(() => this.#owned)],
    });
  }

  /** The lanes that are this member's, as far as it knows. */
  get owned(): readonly number[] {
    return this.#owned;
  }

  async join(): Promise<void> {
    const { topic, onCrash } = this.#options;
    const { GROUP_JOIN, CRASH } = this.#consumer.events;
    this.#consumer.on(GROUP_JOIN, ({ payload }) => {
      this.#consumer.pause([{ topic }]);
      this.#owned = payload.memberAssignment[topic] ?? [];
      this.#log.info({ lanes: this.#owned }, 'lanes assigned');
      this.#options.onAssigned(this.#owned);
    });
    this.#consumer.on(CRASH, ({ payload }) => {
      if (!payload.restart) onCrash(payload.error);
    });
    await this.#consumer.connect();
    await this.#consumer.subscribe({ topic });
    await this.#consumer.run({ autoCommit: false, eachBatch: () => Promise.resolve() });
  }

  /**
   * Commits how far a lane has been read, with the coverage that its output has reached. A commit
   * that fails is not repeated: it is a hint for the next start, and the next commit replaces it.
   */
  async commit(lane: number, nextOffset: number, metadata: string): Promise<void> {
    const { topic } = this.#options;
    try {
      await this.#consumer.commitOffsets([
        { topic, partition: lane, offset: String(nextOffset), metadata },
      ]);
    } catch (error) {
      this.#log.debug({ lane }, `the offset was not committed: ${messageOf(error)}`);
    }
  }

  /** Leaves the group, so that its lanes go to others at once. */
  async leave(): Promise<void> {
    await this.#consumer.disconnect();
  }
}

/** While its coordinator is down kafkajs would begin anew without a pause, and do nothing else. */
async function waitAndRestart(): Promise<boolean> {
  await delay(restartPauseMs);
  return true;
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
