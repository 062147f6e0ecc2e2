import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../errors.js';
import { TopicError } from './errors.js';
import type { Admin, ITopicConfig } from './kafka-client.js';

/** The names of a pipeline's topics that all of its plans share. */
export interface PipelineTopics {
  readonly fixes: string;
  readonly predictions: string;
  readonly deadLetter: string;
  readonly control: string;
  readonly models: string;
  readonly status: string;
}

/** @example pipelineTopics('taxi').fixes // 'taxi.fixes' */
export function pipelineTopics(pipeline: string): PipelineTopics {
  return {
    fixes: `${pipeline}.fixes`,
    predictions: `${pipeline}.predictions`,
    deadLetter: `${pipeline}.dead-letter`,
    control: `${pipeline}.control`,
    models: `${pipeline}.models`,
    status: `${pipeline}.status`,
  };
}

/** What stage `stage` of a plan reads, 1 … K. @example 'taxi.p1.stage-1' */
export function stageTopic(pipeline: string, plan: string, stage: number): string {
  return `${pipeline}.${plan}.stage-${stage}`;
}

/** What the last stage of a plan writes and the sink reads. @example 'taxi.p1.scores' */
export function scoresTopic(pipeline: string, plan: string): string {
  return `${pipeline}.${plan}.scores`;
}

/** The topic that stage `stage` of `stages` writes; stage 0 is the windower. */
export function outputTopic(pipeline: string, plan: string, stage: number, stages: number): string {
  return stage === stages ? scoresTopic(pipeline, plan) : stageTopic(pipeline, plan, stage + 1);
}

/** The consumer group of a plan's workers. @example groupOf({ pipeline: 'taxi', name: 'p1' }, 'sink') // 'taxi.p1.sink' */
export function groupOf(
  { pipeline, name }: { readonly pipeline: string; readonly name: string },
  workers: 'windower' | 'sink' | `stage-${number}`,
): string {
  return `${pipeline}.${name}.${workers}`;
}

/** The largest record that a pipeline's topics take: the largest batch of activations, and room. */
export const maxRecordBytes = 8 * 1024 * 1024;

const hourMs = 3_600_000;
const mebibyte = 1024 * 1024;

type TopicSettings = Readonly<Record<string, string | number>>;

/** The broker's own time decides what is late and what is forgotten: no clock but one. */
const appendTime: TopicSettings = { 'message.timestamp.type': 'LogAppendTime' };

const publicSettings: TopicSettings = {
  ...appendTime,
  // Producers of others may send snappy, lz4 or zstd, which kafkajs can't read: the broker unpacks it.
  'compression.type': 'uncompressed',
  'retention.ms': 7 * 24 * hourMs,
  'max.message.bytes': maxRecordBytes,
};

/**
 * Activations are large and short-lived: kept while a stopped stage may need them, within a bound
 * on the disk.
 */
const stageSettings: TopicSettings = {
  ...appendTime,
  'retention.ms': 6 * hourMs,
  'retention.bytes': 512 * mebibyte,
  'segment.bytes': 64 * mebibyte,
  'max.message.bytes': maxRecordBytes,
};

const compactedSettings: TopicSettings = {
  'cleanup.policy': 'compact',
  'max.message.bytes': maxRecordBytes,
};

const statusSettings: TopicSettings = { ...appendTime, 'retention.ms': hourMs / 6 };

interface WantedTopic {
  readonly topic: string;
  readonly lanes: number;
  readonly settings: TopicSettings;
}

/**
 * Makes those of the topics shared by all plans of a pipeline that do not exist yet.
 *
 * @param lanes of the fixes and predictions topics
 * @throws {TopicError} where one exists with another number of lanes
 */
export async function createPipelineTopics(
  admin: Admin,
  pipeline: string,
  lanes: number,
): Promise<void> {
  const names = pipelineTopics(pipeline);
  await createTopics(admin, [
    { topic: names.fixes, lanes, settings: publicSettings },
    { topic: names.predictions, lanes, settings: publicSettings },
    { topic: names.deadLetter, lanes, settings: publicSettings },
    { topic: names.control, lanes: 1, settings: compactedSettings },
    { topic: names.models, lanes: 1, settings: compactedSettings },
    { topic: names.status, lanes: 1, settings: statusSettings },
  ]);
}

/** Makes the topics between the stages of a plan of `stages` stages. */
export async function createPlanTopics(
  admin: Admin,
  pipeline: string,
  plan: string,
  stages: number,
  lanes: number,
): Promise<void> {
  const wanted: WantedTopic[] = [];
  for (let stage = 0; stage <= stages; stage += 1) {
    const topic = outputTopic(pipeline, plan, stage, stages);
    wanted.push({ topic, lanes, settings: stageSettings });
  }
  await createTopics(admin, wanted);
}

async function createTopics(admin: Admin, wanted: readonly WantedTopic[]): Promise<void> {
  const existing = new Set(await admin.listTopics());
  const missing = wanted.filter(({ topic }) => !existing.has(topic));
  if (missing.length > 0) {
    const { brokers } = await admin.describeCluster();
    const replicas = Math.min(3, brokers.length);
    try {
      await admin.createTopics({
        // kafkajs can take a topic that is being made for one that is not there; we wait ourselves.
        waitForLeaders: false,
        topics: missing.map((topic) => topicConfig(topic, replicas)),
      });
    } catch (error) {
      throw new TopicError(
        `The topics ${missing.map(({ topic }) => topic).join(', ')} can't be made: ${messageOf(error)}`,
        error,
      );
    }
  }
  await waitForLeaders(admin, wanted);
}

function topicConfig({ topic, lanes, settings }: WantedTopic, replicas: number): ITopicConfig {
  const entries = Object.entries({
    ...settings,
    ...(replicas >= 3 ? { 'min.insync.replicas': 2 } : {}),
  });
  return {
    topic,
    numPartitions: lanes,
    replicationFactor: replicas,
    configEntries: entries.map(([name, value]) => ({ name, value: String(value) })),
  };
}

const leaderWaitMs = 20_000;

async function waitForLeaders(admin: Admin, wanted: readonly WantedTopic[]): Promise<void> {
  const deadline = Date.now() + leaderWaitMs;
  for (;;) {
    const missing = await topicsWithoutLeaders(admin, wanted);
    if (missing.length === 0) return;
    if (Date.now() > deadline) {
      throw new TopicError(
        `After ${leaderWaitMs / 1000} s the topics ${missing.join(', ')} have no leader for every lane: look at the brokers' logs.`,
      );
    }
    await delay(50);
  }
}

async function topicsWithoutLeaders(
  admin: Admin,
  wanted: readonly WantedTopic[],
): Promise<string[]> {
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: wanted.map((w) => w.topic) });
    const byName = new Map(topics.map((topic) => [topic.name, topic.partitions]));
    return wanted
      .filter(({ topic, lanes }) => {
        const found = byName.get(topic) ?? [];
        if (found.length > 0 && found.length !== lanes) {
          throw new TopicError(
            `${topic} has ${found.length} partitions, and the pipeline is to have ${lanes} lanes: use --lanes ${found.length}, or another --pipeline name.`,
          );
        }
        return found.length === 0 || found.some((partition) => partition.leader < 0);
      })
      .map(({ topic }) => topic);
  } catch (error) {
    if (error instanceof TopicError) throw error;
    return wanted.map(({ topic }) => topic);
  }
}
