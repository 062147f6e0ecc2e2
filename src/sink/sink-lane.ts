import { newPart } from '../broker/coverage.js';
import { bury, type LaneEnvironment } from '../broker/lane-environment.js';
import type { LaneRecord } from '../broker/lane-record.js';
import type { TakeOverOptions } from '../broker/fenced-writer.js';
import { LaneSender } from '../broker/lane-sender.js';
import type { LaneContext, LaneHandler, OpenedLane } from '../broker/lane-worker.js';
import type { OutgoingRecord, RecordWriter } from '../broker/lane-writer.js';
import { groupOf, scoresTopic } from '../broker/topics.js';
import { unreadable } from '../broker/unreadable.js';
import { timed } from '../broker/worker-meter.js';
import type { Grid } from '../geo/grid.js';
import { encodePrediction } from '../wire/prediction.js';
import { decodeTensorBatch } from '../wire/tensor-batch.js';
import { LaneScorer, type Outcome } from './lane-scorer.js';
import type { LiveQuality } from './live-quality.js';
import { predictionsOf } from './prediction-logic.js';
import { predictionsEnd } from './predictions-end.js';

/** What the sink's lanes see of the world: what they write to is theirs alone. */
export interface SinkEnvironment extends LaneEnvironment {
  /** Fences whoever wrote to the lane before; what these have written is there when it resolves. */
  readonly takeOver: (options: TakeOverOptions) => Promise<RecordWriter>;
  /** Is told what came of the predictions of all lanes. */
  readonly quality: Pick<LiveQuality, 'count'>;
}

/** Fences whoever had the lane, and only then looks where it stands. */
export async function openSinkLane(
  env: SinkEnvironment,
  grid: Grid,
  context: LaneContext,
): Promise<OpenedLane> {
  const { lane } = context;
  const { plan, topics } = env;
  const inputTopic = scoresTopic(plan.pipeline, plan.name);
  const groupId = groupOf(plan, 'sink');
  const writer = await env.takeOver({
    transactionalId: `${groupId}.${lane}`,
    topic: topics.predictions,
    lane,
  });
  const [committed, { begin }, predictedTo] = await Promise.all([
    env.progressOf(groupId, inputTopic),
    env.laneLog.bounds(inputTopic),
    predictionsEnd(env, lane),
  ]);
  const { nextOffset, coveredTo } = committed.get(lane) ?? {
    nextOffset: begin[lane] ?? 0,
    coveredTo: plan.startOffsets[lane] ?? 0,
  };
  const position = Math.max(coveredTo, predictedTo);
  const sender = new LaneSender(writer, topics.predictions, context);
  const handler = new SinkLane(env, grid, context, sender, inputTopic, position);
  return { fromOffset: nextOffset, handler };
}

/** One lane of the sink: scores in, predictions out, and progress once they are acknowledged. */
class SinkLane implements LaneHandler {
  readonly #env: SinkEnvironment;
  readonly #grid: Grid;
  readonly #scorer: LaneScorer;
  readonly #context: LaneContext;
  readonly #sender: LaneSender;
  readonly #inputTopic: string;
  #position: number;

  constructor(
    env: SinkEnvironment,
    grid: Grid,
    context: LaneContext,
    sender: LaneSender,
    inputTopic: string,
    position: number,
  ) {
    this.#env = env;
    this.#grid = grid;
    this.#scorer = new LaneScorer(grid, env.plan.rules);
    this.#context = context;
    this.#sender = sender;
    this.#inputTopic = inputTopic;
    this.#position = position;
  }

  async take(records: readonly LaneRecord[]): Promise<void> {
    const predictions: OutgoingRecord[] = [];
    const outcomes: Outcome[] = [];
    let progress = { nextOffset: records[0]?.offset ?? 0, coveredTo: this.#position };
    try {
      for (const record of records) {
        predictions.push(...(await this.#predictionsOrLetter(record, outcomes)));
        progress = { nextOffset: record.offset + 1, coveredTo: this.#position };
      }
    } finally {
      // What came before a gap goes on, though the lane stops at it.
      // Whoever does not come to write an item's prediction does not score by it either.
      await this.#sender.send(predictions, progress, () => {
        this.#env.quality.count(outcomes, performance.now());
      });
    }
  }

  /** Where a successor has fenced this lane, it shows at the latest now. */
  idle(): Promise<void> {
    return this.#sender.drain();
  }

  drain(): Promise<void> {
    return this.#sender.drain();
  }

  async #predictionsOrLetter(record: LaneRecord, outcomes: Outcome[]): Promise<OutgoingRecord[]> {
    try {
      return this.#predictions(record, outcomes);
    } catch (error) {
      this.#scorer.forgetAll();
      const letter = unreadable(this.#inputTopic, record, error);
      await bury(this.#env, [letter], this.#context.signal);
      return [];
    }
  }

  #predictions(record: LaneRecord, outcomes: Outcome[]): OutgoingRecord[] {
    const { meter, plan } = this.#env;
    const batch = timed(
      () => decodeTensorBatch(record.value ?? Buffer.alloc(0)),
      (ms) => meter.decoded(ms),
    );
    const where = `Record ${record.offset} of lane ${record.lane} in ${this.#inputTopic}`;
    const fresh = newPart(batch, this.#position, where);
    if (fresh === null) return [];
    this.#position = fresh.covers.to;
    const startMs = performance.now();
    const frame = { grid: this.#grid, modelDigest: plan.modelDigest, lane: record.lane };
    const records = predictionsOf(fresh, frame, Date.now()).map((prediction) => ({
      key: prediction.vehicleId,
      value: encodePrediction(prediction),
    }));
    const bytes = records.reduce((sum, { value }) => sum + value.byteLength, 0);
    meter.encoded(records.length, bytes, performance.now() - startMs);
    outcomes.push(...this.#scorer.take(fresh));
    return records;
  }
}
