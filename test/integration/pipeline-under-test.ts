import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { committedProgress } from '../../src/broker/committed.js';
import {
  createKafka,
  type Admin,
  type ClientOptions,
  type Kafka,
} from '../../src/broker/kafka-client.js';
import { LaneLog } from '../../src/broker/lane-log.js';
import type { LaneRecord } from '../../src/broker/lane-record.js';
import { LaneWriter } from '../../src/broker/lane-writer.js';
import {
  outputTopic,
  pipelineTopics,
  scoresTopic,
  type PipelineTopics,
} from '../../src/broker/topics.js';
import type { RunningWorker, WorkerOptions } from '../../src/broker/worker-environment.js';
import { deploy, type Deployment } from '../../src/control/deployment.js';
import type { GeoFix } from '../../src/geo/fix.js';
import { defaultRules } from '../../src/geo/windows.js';
import { createLogger, type Logger } from '../../src/log.js';
import { compileSubModel } from '../../src/model/engine/sub-model.js';
import type { ModelFiles } from '../../src/model/model-files.js';
import { describeLayers } from '../../src/model/network.js';
import { auditRun } from '../../src/observe/run-audit.js';
import type { Verdict } from '../../src/observe/verdict.js';
import { subModelRanges } from '../../src/partition/cuts.js';
import { FixSender } from '../../src/producer/fix-sender.js';
import { startWindower } from '../../src/producer/windower-runner.js';
import { startSink } from '../../src/sink/sink-runner.js';
import type { RowModel } from '../../src/stage/stage-logic.js';
import { startStage } from '../../src/stage/stage-runner.js';
import { decodeDeadLetter, type DeadLetter } from '../../src/wire/dead-letter.js';
import type { PlanForecast, PlanRecord } from '../../src/wire/partition-plan.js';
import { decodePrediction, type Prediction } from '../../src/wire/prediction.js';
import { decodeTensorBatch, type TensorBatch } from '../../src/wire/tensor-batch.js';
import { decodeWorkerReport, type WorkerReport } from '../../src/wire/worker-report.js';
import { eventually } from './eventually.js';
import type { KafkaFixture } from './kafka-fixture.js';
import { smallCity, smallModel, steps } from './small-city.js';
import { laneContents, topicValues } from './topic-contents.js';

/** What may differ from the pipeline that most tests want. */
export interface PipelineSettings {
  readonly lanes?: number;
  readonly cuts?: readonly number[];
  readonly forecast?: PlanForecast;
}

/** A pipeline of its own on a real broker, whose workers run in the test's process. */
export class PipelineUnderTest {
  readonly log: Logger;
  readonly name = `test-${randomUUID()}`;
  readonly topics: PipelineTopics = pipelineTopics(this.name);
  readonly client: ClientOptions;
  readonly kafka: Kafka;
  readonly admin: Admin;
  readonly laneLog: LaneLog;
  readonly writer: LaneWriter;
  readonly model: ModelFiles;
  /** What the workers wanted a person to know. */
  readonly notices: string[] = [];
  readonly #fatal: unknown[] = [];
  readonly #workers = new Map<string, RunningWorker>();
  #plan: PlanRecord | null = null;

  private constructor(
    log: Logger,
    client: ClientOptions,
    kafka: Kafka,
    io: { admin: Admin; laneLog: LaneLog; writer: LaneWriter },
    model: ModelFiles,
  ) {
    this.log = log;
    this.client = client;
    this.kafka = kafka;
    this.admin = io.admin;
    this.laneLog = io.laneLog;
    this.writer = io.writer;
    this.model = model;
  }

  /** Connects without deploying anything. */
  static async connect({ brokers }: KafkaFixture): Promise<PipelineUnderTest> {
    const log = createLogger('test', 'silent');
    const client = { brokers, clientId: 'test' };
    const kafka = createKafka(client, log);
    const admin = kafka.admin();
    await admin.connect();
    const laneLog = await LaneLog.connect(kafka);
    const writer = await LaneWriter.connect(kafka, log);
    const model = await smallModel();
    return new PipelineUnderTest(log, client, kafka, { admin, laneLog, writer }, model);
  }

  /** Connects and deploys a small model. */
  static async start(
    fixture: KafkaFixture,
    settings: PipelineSettings = {},
  ): Promise<PipelineUnderTest> {
    const pipeline = await PipelineUnderTest.connect(fixture);
    try {
      await pipeline.deploy(settings);
      return pipeline;
    } catch (error) {
      await pipeline.stop();
      throw error;
    }
  }

  /** Deploys this pipeline's model, by default cut into two. */
  async deploy({ lanes = 3, cuts = [11], forecast }: PipelineSettings): Promise<PlanRecord> {
    const deployment: Deployment = {
      pipeline: this.name,
      modelName: 'small',
      model: this.model,
      strategy: 'manual',
      ...{ cuts, lanes },
      topK: 5,
      encoding: 'raw',
      rules: { ...defaultRules, steps },
      ...(forecast === undefined ? {} : { forecast }),
      newPlan: false,
    };
    this.#plan = await deploy(this, deployment);
    return this.#plan;
  }

  get plan(): PlanRecord {
    assert(this.#plan !== null, 'nothing is deployed');
    return this.#plan;
  }

  get stages(): number {
    return this.plan.cuts.length + 1;
  }

  async startWindower(name = 'windower-0'): Promise<void> {
    this.#workers.set(name, await startWindower(this.#worker(name), smallCity));
  }

  /** @param changed what the stage runs in place of its sub-model */
  async startStage(
    stage: number,
    name = `stage-${stage}-0`,
    changed: (model: RowModel) => RowModel = (model) => model,
  ): Promise<void> {
    const { stages, plan } = this;
    const range = subModelRanges(plan.cuts, describeLayers(this.model).length)[stage - 1];
    assert(range !== undefined, `there is no stage ${stage}`);
    const topK = stage === stages ? plan.topK : undefined;
    const model = changed(await compileSubModel(this.model, { ...range, topK }));
    const options = { ...this.#worker(name), stage, stages, model, deviationFactor: 1.25 };
    this.#workers.set(name, await startStage(options));
  }

  async startSink(name = 'sink-0'): Promise<void> {
    this.#workers.set(name, await startSink(this.#worker(name), smallCity));
  }

  /** Starts one worker of each kind. */
  async startAll(): Promise<void> {
    await this.startWindower();
    for (let stage = 1; stage <= this.stages; stage += 1) await this.startStage(stage);
    await this.startSink();
  }

  /** Stops some workers, as SIGTERM does. */
  async stopWorkers(...names: readonly string[]): Promise<void> {
    for (const name of names) {
      const worker = this.#workers.get(name);
      assert(worker !== undefined, `${name} does not run`);
      this.#workers.delete(name);
      await worker.stop();
    }
  }

  /** Stops all that runs. */
  async stop(): Promise<void> {
    await this.stopWorkers(...this.#workers.keys());
    await Promise.all([this.writer.close(), this.laneLog.close(), this.admin.disconnect()]);
    assert.deepEqual(this.#fatal, [], 'no worker has met an error that ends it');
  }

  /** Sends fixes as a feed does; resolves when all are acknowledged. */
  async send(fixes: Iterable<GeoFix>): Promise<void> {
    const sender = new FixSender(this.writer, this.topics, this.plan.lanes);
    for (const fix of fixes) await sender.send(fix);
    await sender.flush();
  }

  /** The topic that the windower (0) or a stage (1 … K) writes. */
  outputOf(stage: number): string {
    return outputTopic(this.name, this.plan.name, stage, this.stages);
  }

  /** The records in a lane of what the windower (0) or a stage (1 … K) has written. */
  rawRecords(stage: number, lane: number): Promise<LaneRecord[]> {
    return laneContents(this.laneLog, lane, { topic: this.outputOf(stage) });
  }

  /** The batches in a lane of what the windower (0) or a stage (1 … K) has written. */
  async batches(stage: number, lane: number): Promise<TensorBatch[]> {
    return (await this.rawRecords(stage, lane)).map(({ value }) => {
      assert(value !== null);
      return decodeTensorBatch(value);
    });
  }

  /** All predictions that a reader of committed records sees, lane by lane. */
  predictions(): Promise<Prediction[]> {
    const { predictions: topic } = this.topics;
    return topicValues(this.laneLog, { topic, committedOnly: true }, decodePrediction);
  }

  deadLetters(): Promise<DeadLetter[]> {
    return topicValues(this.laneLog, { topic: this.topics.deadLetter }, decodeDeadLetter);
  }

  /** What each worker has reported last. */
  async reports(): Promise<Map<string, WorkerReport>> {
    const { status: topic } = this.topics;
    const reports = await topicValues(this.laneLog, { topic }, decodeWorkerReport);
    return new Map(reports.map((report) => [report.worker, report]));
  }

  /** Up to which fix the windower (0) or a stage has accounted, by lane. */
  async coverage(stage: number): Promise<number[]> {
    const lanes = [...Array(this.plan.lanes).keys()];
    return Promise.all(
      lanes.map(async (lane) => {
        const covered = (await this.batches(stage, lane)).map(({ covers }) => covers.to);
        return Math.max(this.plan.startOffsets[lane] ?? 0, ...covered);
      }),
    );
  }

  /** Up to which fix the sink has committed, by lane. */
  async predictedTo(): Promise<number[]> {
    const { name, startOffsets } = this.plan;
    const scores = scoresTopic(this.name, name);
    const reached = await committedProgress(this.admin, `${this.name}.${name}.sink`, scores);
    return startOffsets.map((start, lane) => reached.get(lane)?.coveredTo ?? start);
  }

  /** Resolves when the windower (0) or a stage has accounted for every fix. */
  async untilCovered(stage: number): Promise<void> {
    const { end } = await this.laneLog.bounds(this.topics.fixes);
    await eventually(
      `${this.outputOf(stage)} accounts for the fixes before ${end.join(', ')}`,
      () => this.coverage(stage),
      (covered) => end.every((offset, lane) => (covered[lane] ?? 0) >= offset),
    );
  }

  /** Resolves when the sink has accounted for every fix. */
  async untilPredicted(): Promise<void> {
    await eventually(
      'the sink accounts for every fix',
      async () => ({
        fixes: (await this.laneLog.bounds(this.topics.fixes)).end,
        predictedTo: await this.predictedTo(),
        notices: this.notices,
      }),
      ({ fixes, predictedTo }) => fixes.every((end, lane) => (predictedTo[lane] ?? 0) >= end),
    );
  }

  /** The referee's verdict on all that the active plan has done. */
  async verdict(): Promise<Verdict> {
    const { laneLog, plan, model, topics } = this;
    const all = async (topic: string) => {
      const { begin, end } = await laneLog.bounds(topic);
      return { from: begin, to: end };
    };
    const [fixes, predictions, deadLetters] = await Promise.all([
      all(topics.fixes),
      all(topics.predictions),
      all(topics.deadLetter),
    ]);
    const judged = { from: plan.startOffsets, to: fixes.to };
    const ranges = { fixes: judged, predictions, deadLetters };
    return (await auditRun({ laneLog, plan, model, ...ranges, tfjsWindows: 0 })).verdict;
  }

  #worker(name: string): WorkerOptions {
    return {
      client: { ...this.client, clientId: name },
      name,
      plan: this.plan,
      sessionTimeoutMs: 6_000,
      stallTimeoutMs: 60_000,
      log: this.log,
      onNotice: (notice) => this.notices.push(`${name}: ${notice}`),
      onFatal: (error) => this.#fatal.push(error),
    };
  }
}
