import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { committedProgress } from '../../src/broker/committed.js';
import { connected } from '../../src/broker/connect.js';
import {
  createKafka,
  type Admin,
  type ClientOptions,
  type Kafka,
} from '../../src/broker/kafka-client.js';
import { LaneLog } from '../../src/broker/lane-log.js';
import { LaneWriter } from '../../src/broker/lane-writer.js';
import { createPipelineTopics, createPlanTopics } from '../../src/broker/topics.js';
import { defaultRules } from '../../src/geo/windows.js';
import { createLogger, type Logger } from '../../src/log.js';
import { noForecast, type PlanRecord } from '../../src/wire/partition-plan.js';
import type { Encoding } from '../../src/wire/tensor-batch.js';
import { runningBrokers } from './running-brokers.js';

/** What a pipeline of a bench is like, where its workers are started without a deployed model. */
export interface BarePlan {
  readonly lanes: number;
  readonly stages: number;
  readonly encoding: Encoding;
}

/** Nothing may stand still for so long. */
const patienceMs = 600_000;

/**
 * Connections to the local broker, or the cluster of KAFKA_BROKERS, and pipelines that are gone when
 * they are closed. What takes much room is closed before the next of its kind is made: the clients
 * can't be used on when a topic that they know was deleted.
 */
export class BenchCluster {
  readonly client: ClientOptions;
  readonly log: Logger;
  readonly kafka: Kafka;
  readonly admin: Admin;
  readonly laneLog: LaneLog;
  readonly writer: LaneWriter;
  readonly #prefix: string;
  #pipelines = 0;

  private constructor(
    prefix: string,
    client: ClientOptions,
    log: Logger,
    kafka: Kafka,
    io: { admin: Admin; laneLog: LaneLog; writer: LaneWriter },
  ) {
    this.#prefix = prefix;
    this.client = client;
    this.log = log;
    this.kafka = kafka;
    this.admin = io.admin;
    this.laneLog = io.laneLog;
    this.writer = io.writer;
  }

  /** @param bench begins the names of its pipelines */
  static async connect(bench: string): Promise<BenchCluster> {
    const log = createLogger('bench', 'error');
    const client = { brokers: await runningBrokers(), clientId: 'stagecoach-bench' };
    const kafka = createKafka(client, log);
    const admin = await connected(kafka.admin());
    const laneLog = await LaneLog.connect(kafka);
    const writer = await LaneWriter.connect(kafka, log);
    const prefix = `bench-${bench}-${randomUUID().slice(0, 8)}`;
    return new BenchCluster(prefix, client, log, kafka, { admin, laneLog, writer });
  }

  /** The name of a pipeline that nobody has used. */
  newPipeline(): string {
    this.#pipelines += 1;
    return `${this.#prefix}-${this.#pipelines}`;
  }

  /** Makes the topics of a new pipeline and its plan. Nothing is deployed: workers are handed it. */
  async barePlan({ lanes, stages, encoding }: BarePlan): Promise<PlanRecord> {
    const pipeline = this.newPipeline();
    const name = 'p1';
    await createPipelineTopics(this.admin, pipeline, lanes);
    await createPlanTopics(this.admin, pipeline, name, stages, lanes);
    return {
      ...{ name, pipeline, lanes, encoding },
      ...{ modelDigest: '0'.repeat(64), topK: 5, strategy: 'even', rules: defaultRules },
      cuts: Array.from({ length: stages - 1 }, (_, at) => at + 1),
      startOffsets: Array.from({ length: lanes }, () => 0),
      createdAtMs: Date.now(),
      ...noForecast,
    };
  }

  /**
   * Resolves when a group has committed that it has read all that is in a topic now.
   *
   * @throws {Error} where it has not within ten minutes
   */
  async untilRead(groupId: string, topic: string): Promise<void> {
    const { end } = await this.laneLog.bounds(topic);
    const deadlineMs = Date.now() + patienceMs;
    for (;;) {
      const reached = await committedProgress(this.admin, groupId, topic);
      if (end.every((offset, lane) => (reached.get(lane)?.nextOffset ?? 0) >= offset)) return;
      if (Date.now() > deadlineMs)
        throw new Error(`${groupId} does not come to the end of ${topic}`);
      await delay(100);
    }
  }

  /** Deletes the pipelines, with their groups, and disconnects. */
  async close(): Promise<void> {
    await this.#removePipelines();
    await Promise.all([this.writer.close(), this.laneLog.close(), this.admin.disconnect()]);
  }

  async #removePipelines(): Promise<void> {
    const { groups } = await this.admin.listGroups();
    const ours = groups.map(({ groupId }) => groupId).filter((id) => id.startsWith(this.#prefix));
    // A group whose worker has just left may be held for a moment: it is empty, and soon forgotten.
    await this.admin.deleteGroups(ours).catch(() => undefined);
    const names = await this.admin.listTopics();
    const topics = names.filter((topic) => topic.startsWith(this.#prefix));
    if (topics.length > 0) await this.admin.deleteTopics({ topics });
  }
}
