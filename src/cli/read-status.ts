import type { LaneLog } from '../broker/lane-log.js';
import { fetchCard, fetchModel } from '../control/model-store.js';
import { PipelineError } from '../errors.js';
import { cardAccuracy, type CardAccuracy } from '../model/card-accuracy.js';
import type { ModelFiles } from '../model/model-files.js';
import { describeLayers } from '../model/network.js';
import { StatusReader, type PipelineStatus } from '../observe/pipeline-status.js';
import type { MeasuredStage } from '../partition/measured-profile.js';
import type { PlanRecord } from '../wire/partition-plan.js';
import { decodeWorkerReport } from '../wire/worker-report.js';
import type { PipelineTopics } from '../broker/topics.js';

/** A worker that was silent for longer than this belongs to a run that is over. */
const lookBackMs = 60_000;

/** What a plan's workers report, as one looks again and again. */
export class StatusTopic {
  readonly model: ModelFiles;
  /** Of the model; null where none was sent with it. */
  readonly card: CardAccuracy | null;
  readonly #laneLog: LaneLog;
  readonly #topic: string;
  readonly #reader: StatusReader;
  #next: number;

  private constructor(
    laneLog: LaneLog,
    topic: string,
    from: number,
    { model, card }: Pick<StatusTopic, 'model' | 'card'>,
    reader: StatusReader,
  ) {
    this.#laneLog = laneLog;
    this.#topic = topic;
    this.#next = from;
    this.model = model;
    this.card = card;
    this.#reader = reader;
  }

  /**
   * @param factor computing that takes more than this many times the planned time is a deviation
   * @throws {ControlError} where the plan's model is not there
   */
  static async open(
    laneLog: LaneLog,
    topics: PipelineTopics,
    plan: PlanRecord,
    factor: number,
  ): Promise<StatusTopic> {
    const model = await fetchModel(laneLog, topics.models, plan.modelDigest);
    const bytes = await fetchCard(laneLog, topics.models, plan.modelDigest);
    const card = bytes === null ? null : cardAccuracy(bytes, plan.modelDigest);
    const [from = 0] = await laneLog.offsetsAt(topics.status, Date.now() - lookBackMs);
    const reader = new StatusReader(plan, describeLayers(model).length, factor);
    return new StatusTopic(laneLog, topics.status, from, { model, card }, reader);
  }

  /** How the pipeline is now. Times are those of the broker's clock, which stamps the reports. */
  async look(): Promise<PipelineStatus> {
    const [end = 0] = (await this.#laneLog.bounds(this.#topic)).end;
    for await (const { value, timestampMs } of this.#laneLog.read(
      this.#topic,
      0,
      this.#next,
      end,
    )) {
      if (value !== null) this.#take(value, timestampMs);
    }
    this.#next = Math.max(this.#next, end);
    return this.#reader.status(Date.now());
  }

  /** A report of a newer version says nothing here; the others still do. */
  #take(value: Buffer, receivedAtMs: number): void {
    try {
      this.#reader.take(decodeWorkerReport(value), receivedAtMs);
    } catch (error) {
      if (!(error instanceof PipelineError)) throw error;
    }
  }
}

/** How the stages of a pipeline do, for replanning. */
export function measuredStages({ progress }: PipelineStatus): readonly MeasuredStage[] {
  return progress.map(({ layers, pace }) => ({
    layers,
    ratio: pace.state === 'unknown' ? null : pace.ratio,
  }));
}
