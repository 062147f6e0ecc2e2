import { createKafka, type Kafka } from '../../src/broker/kafka-client.js';
import { LaneLog } from '../../src/broker/lane-log.js';
import { pipelineTopics } from '../../src/broker/topics.js';
import { createLogger } from '../../src/log.js';
import { decodePrediction, type Prediction } from '../../src/wire/prediction.js';
import { decodeWorkerReport, type WorkerReport } from '../../src/wire/worker-report.js';
import { topicValues } from '../integration/topic-contents.js';

/** What a pipeline's public topics say, as any program may read them. */
export class WatchedPipeline {
  readonly kafka: Kafka;
  readonly #topics: ReturnType<typeof pipelineTopics>;
  readonly #laneLog: LaneLog;

  private constructor(kafka: Kafka, laneLog: LaneLog, pipeline: string) {
    this.kafka = kafka;
    this.#laneLog = laneLog;
    this.#topics = pipelineTopics(pipeline);
  }

  static async connect(brokers: readonly string[], pipeline: string): Promise<WatchedPipeline> {
    const kafka = createKafka({ brokers, clientId: 'test' }, createLogger('test', 'silent'));
    return new WatchedPipeline(kafka, await LaneLog.connect(kafka), pipeline);
  }

  predictions(): Promise<Prediction[]> {
    const contents = { topic: this.#topics.predictions, committedOnly: true };
    return topicValues(this.#laneLog, contents, decodePrediction);
  }

  /** How many predictions there are, in open transactions too, and markers. */
  async predictionsEnd(): Promise<number> {
    const { end } = await this.#laneLog.bounds(this.#topics.predictions);
    return end.reduce((sum, offset) => sum + offset, 0);
  }

  /** What each worker has reported last. */
  async reports(): Promise<Map<string, WorkerReport>> {
    const contents = { topic: this.#topics.status };
    const reports = await topicValues(this.#laneLog, contents, decodeWorkerReport);
    return new Map(reports.map((report) => [report.worker, report]));
  }

  close(): Promise<void> {
    return this.#laneLog.close();
  }
}
