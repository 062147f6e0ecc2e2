import type { Kafka } from './kafka-client.js';
import type { ProtocolRequest } from './produce-request.js';
import { laidOutOtherwise } from './kafkajs/substitute.js';

/**
 * The part of kafkajs 2.2.4 that is not in its public types and that lanes need which are read
 * without a consumer group, or written under an identity of their own.
 */
export interface Cluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  isConnected(): boolean;
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
  refreshMetadata(): Promise<void>;
  findTopicPartitionMetadata(topic: string): readonly { readonly partitionId: number }[];
  findLeaderForPartitions(topic: string, lanes: readonly number[]): Record<string, number[]>;
  findBroker(options: { nodeId: string }): Promise<LeaderBroker>;
  /** @param options.coordinatorType 0 of a consumer group, 1 of a transactional id */
  findGroupCoordinator(options: {
    groupId: string;
    coordinatorType: number;
  }): Promise<CoordinatorBroker>;
  fetchTopicsOffset(
    topics: readonly {
      topic: string;
      partitions: readonly { partition: number }[];
      fromBeginning?: boolean;
      fromTimestamp?: number;
    }[],
  ): Promise<{ topic: string; partitions: { partition: number; offset: string }[] }[]>;
}

/** A record as kafkajs decodes it from a fetch response. */
export interface RawMessage {
  readonly offset: string;
  readonly timestamp: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: Record<string, Buffer | Buffer[] | undefined>;
  readonly isControlRecord?: boolean;
  readonly batchContext?: { readonly producerId: string; readonly inTransaction: boolean };
}

/** One lane's part of a fetch response. */
export interface RawLane {
  readonly partition: number;
  readonly highWatermark: string;
  readonly lastStableOffset?: string;
  readonly abortedTransactions?:
    readonly { readonly producerId: string; readonly firstOffset: string }[] | null;
  /** With the end of their batches, which may lie behind the last of them: see kafkajs/fetched-batches.ts. */
  readonly messages: readonly RawMessage[] & { readonly behind?: number | null };
}

/** A connection to one broker, for requests about lanes that it leads. */
export interface LeaderBroker {
  fetch(request: {
    isolationLevel: number;
    maxWaitTime: number;
    minBytes: number;
    maxBytes: number;
    topics: {
      topic: string;
      partitions: { partition: number; fetchOffset: string; maxBytes: number }[];
    }[];
  }): Promise<{ responses: { topicName: string; partitions: RawLane[] }[] }>;
  /** Sends any request, and resolves with the answer to it. */
  readonly connectionPool: { send(request: ProtocolRequest): Promise<unknown> };
  disconnect(): Promise<void>;
}

/** A connection to the coordinator of a transactional id. */
export interface CoordinatorBroker {
  initProducerId(request: {
    transactionalId: string;
    transactionTimeout: number;
  }): Promise<{ producerId: string; producerEpoch: number }>;
  addPartitionsToTxn(request: {
    transactionalId: string;
    producerId: string;
    producerEpoch: number;
    topics: { topic: string; partitions: number[] }[];
  }): Promise<unknown>;
  endTxn(request: {
    transactionalId: string;
    producerId: string;
    producerEpoch: number;
    /** Whether it is committed. */
    transactionResult: boolean;
  }): Promise<unknown>;
}

interface ClusterOptions {
  metadataMaxAge: number;
  allowAutoTopicCreation: boolean;
  maxInFlightRequests: null;
  isolationLevel: number;
}

/** `isolation.level` of Kafka's protocol. */
export const isolation = { readUncommitted: 0, readCommitted: 1 } as const;

/**
 * A connection of its own to the cluster: a fetch that waits for records keeps no other request
 * waiting behind it.
 */
export function createCluster(kafka: Kafka): Cluster {
  const key = Object.getOwnPropertySymbols(kafka).find(
    (symbol) => symbol.description === 'private:Kafka:createCluster',
  );
  const create = key === undefined ? undefined : (Reflect.get(kafka, key) as unknown);
  if (typeof create !== 'function') {
    throw laidOutOtherwise();
  }
  return (create as (options: ClusterOptions) => Cluster)({
    metadataMaxAge: 300_000,
    allowAutoTopicCreation: false,
    maxInFlightRequests: null,
    isolationLevel: isolation.readUncommitted,
  });
}
