import type { Logger } from '../log.js';
import type { PlanRecord } from '../wire/partition-plan.js';
import { committedProgress } from './committed.js';
import { connected } from './connect.js';
import { createKafka, type Admin, type ClientOptions, type Kafka } from './kafka-client.js';
import type { LaneEnvironment } from './lane-environment.js';
import { LaneLog } from './lane-log.js';
import type { LaneWorker } from './lane-worker.js';
import { LaneWriter } from './lane-writer.js';
import { pipelineTopics } from './topics.js';
import { WorkerMeter, type WorkerIdentity } from './worker-meter.js';

/** What every worker is started with. */
export interface WorkerOptions {
  readonly client: ClientOptions;
  /** Its name in reports: the same after a restart, and of no other worker. */
  readonly name: string;
  readonly plan: PlanRecord;
  /** A worker that is silent for this long loses its lanes. Milliseconds. */
  readonly sessionTimeoutMs: number;
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
}

/** A worker's connections. Fetches that wait have one of their own, in its `LaneWorker`. */
export interface WorkerEnvironment extends WorkerOptions, LaneEnvironment {
  readonly kafka: Kafka;
  readonly admin: Admin;
  readonly laneLog: LaneLog;
  readonly writer: LaneWriter;
}

/** Connects a worker. */
export async function connectWorker(
  options: WorkerOptions,
  identity: Omit<WorkerIdentity, 'plan' | 'worker'>,
): Promise<WorkerEnvironment> {
  const kafka = createKafka(options.client, options.log);
  const admin = await connected(kafka.admin());
  const [laneLog, writer] = await Promise.all([
    LaneLog.connect(kafka),
    LaneWriter.connect(kafka, options.log),
  ]);
  const meter = new WorkerMeter({
    ...identity,
    worker: options.name,
    plan: options.plan.name,
  });
  return {
    ...options,
    kafka,
    topics: pipelineTopics(options.plan.pipeline),
    admin,
    laneLog,
    writer,
    progressOf: (groupId, topic) => committedProgress(admin, groupId, topic),
    meter,
  };
}

/** Begins to report the worker's state, and gives what stops it in the right order. */
export function superviseWorker(env: WorkerEnvironment, worker: LaneWorker): RunningWorker {
  env.meter.start(env.writer, env.topics.status, () => worker, env.log);
  return {
    async stop() {
      await worker.stop();
      await env.meter.stop();
      await Promise.all([env.writer.close(), env.laneLog.close(), env.admin.disconnect()]);
    },
  };
}
