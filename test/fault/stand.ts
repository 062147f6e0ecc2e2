import { randomUUID } from 'node:crypto';
import { committedCoverage } from '../../src/broker/committed.js';
import {
  createKafka,
  type Admin,
  type Kafka,
  type Producer,
} from '../../src/broker/kafka-client.js';
import { LaneLog } from '../../src/broker/lane-log.js';
import { LaneWriter } from '../../src/broker/lane-writer.js';
import { pipelineTopics, type PipelineTopics } from '../../src/broker/topics.js';
import { deploy } from '../../src/control/deployment.js';
import { defaultRules } from '../../src/geo/windows.js';
import { createLogger, type Logger } from '../../src/log.js';
import { modelDigest, type ModelFiles } from '../../src/model/model-files.js';
import { UncutModel } from '../../src/observe/uncut-model.js';
import type { PlanRecord } from '../../src/wire/partition-plan.js';
import { eventually } from '../integration/eventually.js';
import { smallCity, steps } from '../integration/small-city.js';
import { ConsoleReader, type KafkaTool } from './console-reader.js';
import { Feed } from './feed.js';
import { judge, type Judgement } from './judge.js';
import type { Traffic } from './traffic.js';
import { Workers } from './workers.js';

/** Where a pipeline runs, and how. */
export interface StandOptions {
  readonly brokers: readonly string[];
  /** The way to the same brokers of the workers that are behind a proxy. */
  readonly proxied: readonly string[];
  readonly tool: KafkaTool;
  readonly model: ModelFiles;
  readonly cuts: readonly number[];
  readonly lanes: number;
  readonly sessionTimeoutMs: number;
  /** A pipeline that is there already: it goes on with a new plan. */
  readonly pipeline?: string;
  /** Settings of the workers besides. */
  readonly environment?: Readonly<Record<string, string>>;
}

const topK = 5;

/** A pipeline whose workers are processes of their own, with what it takes to judge it. */
export class FaultStand {
  readonly options: StandOptions;
  readonly plan: PlanRecord;
  readonly topics: PipelineTopics;
  readonly workers: Workers;
  readonly admin: Admin;
  readonly laneLog: LaneLog;
  readonly predictions: ConsoleReader;
  readonly #marker: Producer;
  readonly #fixes: ConsoleReader;
  readonly #deadLetters: ConsoleReader;
  readonly #uncut: UncutModel;
  readonly #acknowledged = new Map<string, string>();
  #feed: Feed | null = null;
  #marks = 0;

  private constructor(
    options: StandOptions,
    plan: PlanRecord,
    uncut: UncutModel,
    io: { admin: Admin; laneLog: LaneLog; marker: Producer },
  ) {
    const { pipeline } = plan;
    this.options = options;
    this.plan = plan;
    this.topics = pipelineTopics(pipeline);
    this.admin = io.admin;
    this.laneLog = io.laneLog;
    this.#marker = io.marker;
    this.#uncut = uncut;
    this.workers = new Workers({ ...options, plan });
    const reader = (topic: string) => new ConsoleReader(options.tool, options.brokers, topic);
    this.#fixes = reader(this.topics.fixes);
    this.predictions = reader(this.topics.predictions);
    this.#deadLetters = reader(this.topics.deadLetter);
  }

  /** Deploys a pipeline of its own; no worker is started yet. */
  static async deploy(options: StandOptions): Promise<FaultStand> {
    const log = createLogger('fault', 'silent');
    const kafka = createKafka({ brokers: options.brokers, clientId: 'fault' }, log);
    const io = await connect(kafka, log);
    const plan = await deploy(
      { ...io, log },
      {
        pipeline: options.pipeline ?? `fault-${randomUUID().slice(0, 8)}`,
        lanes: options.lanes,
        modelName: 'fault',
        model: options.model,
        strategy: 'manual',
        cuts: options.cuts,
        topK,
        encoding: 'raw',
        rules: { ...defaultRules, steps },
        newPlan: options.pipeline !== undefined,
      },
    );
    await io.writer.close();
    return new FaultStand(options, plan, await UncutModel.load(options.model, topK, 0), io);
  }

  /** Workers of a role that write to a stage topic, and the sink. @example ['windower', 'stage-1', 'stage-2', 'sink'] */
  get roles(): string[] {
    const stages = this.plan.cuts.map((_, at) => `stage-${at + 2}`);
    return ['windower', 'stage-1', ...stages, 'sink'];
  }

  /** Lets fixes flow. */
  startFeed(traffic: Traffic, ratePerS: number): Feed {
    const { brokers, lanes } = this.options;
    this.#feed = Feed.start({ brokers, topic: this.topics.fixes, lanes, ratePerS, traffic });
    return this.#feed;
  }

  async stopFeed(): Promise<void> {
    await this.#feed?.stop();
    for (const [place, value] of this.#feed?.acknowledged ?? []) {
      this.#acknowledged.set(place, value);
    }
    this.#feed = null;
  }

  /** Ends of the lanes of fixes. */
  async fixEnds(): Promise<number[]> {
    return [...(await this.laneLog.bounds(this.topics.fixes)).end];
  }

  /** Up to which fix of each lane predictions are committed. */
  predictedTo(): Promise<number[]> {
    return committedCoverage(this.admin, this.plan, 'sink');
  }

  /** Resolves when every lane has a prediction that was made after this time. */
  async untilMovingSince(sinceMs: number): Promise<void> {
    await eventually(
      'every lane has a new prediction',
      () => this.lastPredictionMs(),
      (last) => last.every((ms) => ms > sinceMs),
    );
  }

  /** When each lane had its last prediction. Epoch milliseconds. */
  lastPredictionMs(): number[] {
    this.predictions.requireRunning();
    const last = new Array<number>(this.options.lanes).fill(0);
    for (const { lane, timestampMs } of this.predictions.records.slice(-2_000)) {
      last[lane] = Math.max(last[lane] ?? 0, timestampMs);
    }
    return last;
  }

  /** Starts one worker of each role. */
  startWorkers(number = 0): void {
    for (const role of this.roles) this.workers.start(`${role}-${number}`);
  }

  /** Resolves when every fix is accounted for, and what came of it was read. */
  async untilDrained(): Promise<number[]> {
    const ends = await this.fixEnds();
    await eventually(
      'the sink has accounted for every fix',
      async () => ({ ends, predictedTo: await this.predictedTo(), notices: this.workers.notices }),
      ({ predictedTo }) => ends.every((end, lane) => (predictedTo[lane] ?? 0) >= end),
    );
    await this.untilRead();
    return ends;
  }

  /**
   * Judges the fixes of a part of the run.
   *
   * @param from the first fix of each lane
   * @param to behind the last one
   */
  judge(from: readonly number[], to: readonly number[]): Promise<Judgement> {
    const { plan } = this;
    const evidence = {
      ...{ lanes: this.options.lanes, fixesTopic: this.topics.fixes, from, to },
      fixes: this.#fixes.records,
      predictions: this.predictions.records,
      // A plan before this one has had its own rulings on the fixes that its sink did not reach.
      deadLetters: this.#deadLetters.records.filter(
        ({ timestampMs }) => timestampMs >= plan.createdAtMs,
      ),
      acknowledged: this.#acknowledged,
      planStart: plan.startOffsets,
    };
    return judge(evidence, {
      plan: plan.name,
      modelDigest: modelDigest(this.options.model),
      rules: plan.rules,
      grid: smallCity,
      uncut: this.#uncut,
    });
  }

  async stop(): Promise<void> {
    await this.stopFeed();
    await this.workers.stop();
    const readers = [this.#fixes, this.predictions, this.#deadLetters];
    await Promise.all(readers.map((reader) => reader.stop()));
    this.#uncut.dispose();
    await Promise.all([this.#marker.disconnect(), this.laneLog.close(), this.admin.disconnect()]);
  }

  /** A mark without a value at the end of every lane, which every reader passes over, is read last. */
  async untilRead(): Promise<void> {
    const fixEnds = await this.fixEnds();
    this.#marks += 1;
    const key = `mark-${this.plan.name}-${this.#marks}`;
    const lanes = [...Array(this.options.lanes).keys()];
    const marked = [this.predictions, this.#deadLetters];
    // One request for each lane: kafkajs can leave out lanes whose leader changes in between.
    for (const topic of [this.topics.predictions, this.topics.deadLetter]) {
      for (const partition of lanes) {
        await this.#marker.send({ topic, messages: [{ key, value: null, partition }] });
      }
    }
    await eventually(
      'the console consumers have read all',
      () => {
        for (const reader of [this.#fixes, ...marked]) reader.requireRunning();
        const seen = marked.map(
          ({ records }) => new Set(records.filter((r) => r.key === key).map((r) => r.lane)).size,
        );
        const readTo = lanes.map((lane) => lastOffset(this.#fixes, lane) + 1);
        return { seen, readTo };
      },
      ({ seen, readTo }) =>
        seen.every((count) => count >= lanes.length) &&
        fixEnds.every((end, lane) => (readTo[lane] ?? 0) >= end),
    );
  }
}

function lastOffset({ records }: ConsoleReader, lane: number): number {
  return records.findLast((record) => record.lane === lane)?.offset ?? -1;
}

async function connect(
  kafka: Kafka,
  log: Logger,
): Promise<{ admin: Admin; laneLog: LaneLog; writer: LaneWriter; marker: Producer }> {
  const admin = kafka.admin();
  const marker = kafka.producer({ allowAutoTopicCreation: false });
  await Promise.all([admin.connect(), marker.connect()]);
  const writer = await LaneWriter.connect(kafka, log);
  return { admin, laneLog: await LaneLog.connect(kafka), writer, marker };
}
