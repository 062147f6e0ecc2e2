import { messageOf } from '../errors.js';
import type { Logger } from '../log.js';
import type { PlanRecord } from '../wire/partition-plan.js';
import { committedProgress } from './committed.js';
import { connected } from './connect.js';
import { doneWithin } from './done-within.js';
import { createKafka, type Admin, type ClientOptions, type Kafka } from './kafka-client.js';
import type { LaneEnvironment } from './lane-environment.js';
import { LaneLog } from './lane-log.js';
import type { LaneProgress, LaneWorkerOptions } from './lane-worker.js';
import { LaneWriter } from './lane-writer.js';
import { SharedCalls } from './shared-calls.js';
import { pipelineTopics } from './topics.js';
import { WatchedLaneWorker } from './watched-lane-worker.js';
import type { WorkerHealth } from './worker-health.js';
import { WorkerMeter, type WorkerIdentity } from './worker-meter.js';

/** What every worker is started with. */
export interface WorkerOptions {
  readonly client: ClientOptions;
  /** Its name in reports: the same after a restart, and of no other worker. */
  readonly name: string;
  readonly plan: PlanRecord;
  /** A worker that is silent for this long loses its lanes. Milliseconds. */
  readonly sessionTimeoutMs: number;
  /** Lanes that stand still for this long though they ought to move are begun anew. Milliseconds. */
  readonly stallTimeoutMs: number;
  readonly log: Logger;
  /** Told of what a person should know, such as a lane that has stopped. */
  readonly onNotice: (notice: string) => void;
  /** The worker can't go on: its process is to end with an error. */
  readonly onFatal: (error: unknown) => void;
}

/** A worker that runs. */
export interface RunningWorker {
  /** Takes nothing new, finishes what is in flight, leaves the group. */
  stop(): Promise<void>;
  /** How it is at this moment. */
  health(): WorkerHealth;
}

/** Connections that are replaced together. */
interface Connections {
  readonly admin: Admin;
  readonly laneLog: LaneLog;
  readonly writer: LaneWriter;
}

/** A worker's connections. Fetches that wait have one of their own, in its `LaneWorker`. */
export interface WorkerEnvironment extends WorkerOptions, LaneEnvironment {
  readonly kafka: Kafka;
  readonly admin: Admin;
  readonly laneLog: LaneLog;
  readonly writer: LaneWriter;
  /** Connects anew: `admin`, `laneLog` and `writer` are others from then on. */
  renew(): Promise<void>;
}

/** What a worker does with its lanes, and as a member of which group. */
export type LaneWork = Pick<
  LaneWorkerOptions,
  | 'groupId'
  | 'topic'
  | 'maxQueuedBytes'
  | 'maxRecordsPerTake'
  | 'committedOnly'
  | 'commitEveryMs'
  | 'open'
>;

/** The last report and closing the connections take no longer than this when a worker stops. */
const closingMs = 500;

/** Connects a worker. */
export async function connectWorker(
  options: WorkerOptions,
  identity: Omit<WorkerIdentity, 'plan' | 'worker'>,
): Promise<WorkerEnvironment> {
  const kafka = createKafka(options.client, options.log);
  let connections = await connect(kafka, options.log);
  const progress = new SharedCalls<ReadonlyMap<number, LaneProgress>>();
  const meter = new WorkerMeter({
    ...identity,
    worker: options.name,
    plan: options.plan.name,
  });
  return {
    ...options,
    kafka,
    topics: pipelineTopics(options.plan.pipeline),
    get admin() {
      return connections.admin;
    },
    get laneLog() {
      return connections.laneLog;
    },
    get writer() {
      return connections.writer;
    },
    progressOf: (groupId, topic) =>
      progress.call(`${groupId} ${topic}`, () =>
        committedProgress(connections.admin, groupId, topic),
      ),
    meter,
    async renew() {
      const old = connections;
      connections = await connect(kafka, options.log);
      void close(old).catch((error: unknown) => {
        options.log.debug(`old connections were not closed: ${messageOf(error)}`);
      });
    },
  };
}

async function connect(kafka: Kafka, log: Logger): Promise<Connections> {
  const admin = await connected(kafka.admin());
  const [laneLog, writer] = await Promise.all([
    LaneLog.connect(kafka),
    LaneWriter.connect(kafka, log),
  ]);
  return { admin, laneLog, writer };
}

async function close({ admin, laneLog, writer }: Connections): Promise<void> {
  await Promise.all([writer.close(), laneLog.close(), admin.disconnect()]);
}

/** Begins to work on the lanes that the group gives to this worker, and to report its state. */
export async function workOnLanes(env: WorkerEnvironment, work: LaneWork): Promise<RunningWorker> {
  const { kafka, client, sessionTimeoutMs, stallTimeoutMs, onNotice, onFatal } = env;
  const settings = { kafka, client, sessionTimeoutMs, stallTimeoutMs, onNotice, onFatal };
  const connections = {
    renew: () => env.renew(),
    lastSendError: () => env.writer.lastError,
  };
  const worker = await WatchedLaneWorker.start({ ...work, ...settings, ...connections }, env.log);
  env.meter.start(
    () => env.writer,
    env.topics.status,
    () => worker,
    env.log,
  );
  return {
    health: () => ({
      ...env.meter.totals,
      ...worker.health,
      computeOverPlan: null,
      isSlowerThanPlanned: false,
    }),
    async stop() {
      try {
        await worker.stop();
      } finally {
        await doneWithin(closingMs, env.meter.stop());
        await doneWithin(closingMs, close(env));
      }
    },
  };
}
