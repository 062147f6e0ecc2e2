import { newPart } from '../broker/coverage.js';
import { bury, type LaneEnvironment } from '../broker/lane-environment.js';
import type { LaneRecord } from '../broker/lane-record.js';
import type { LaneTransactionOptions, LaneTransactions } from '../broker/lane-transactions.js';
import type { LaneContext, LaneHandler, LaneProgress, OpenedLane } from '../broker/lane-worker.js';
import type { OutgoingRecord } from '../broker/lane-writer.js';
import { groupOf, scoresTopic } from '../broker/topics.js';
import { unreadable } from '../broker/unreadable.js';
import { timed } from '../broker/worker-meter.js';
import type { Grid } from '../geo/grid.js';
import { decodePrediction, encodePrediction } from '../wire/prediction.js';
import { decodeTensorBatch } from '../wire/tensor-batch.js';
import { predictionsOf } from './prediction-logic.js';

/** The transactions of a lane that has been taken over. */
export type OpenTransactions = Pick<LaneTransactions, 'close' | 'commit'>;

/** What the sink's lanes see of the world: they write in transactions. */
export interface SinkEnvironment extends LaneEnvironment {
  /** Fences whoever had the lane before it resolves. */
  readonly openTransactions: (options: LaneTransactionOptions) => Promise<OpenTransactions>;
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
  const transactions = await env.openTransactions({
    transactionalId: `${groupId}.${lane}`,
    lane,
    outputTopic: topics.predictions,
    groupId,
    inputTopic,
  });
  const [committed, { begin }, predictedTo] = await Promise.all([
    env.progressOf(groupId, inputTopic),
    env.laneLog.bounds(inputTopic),
    predictionsEnd(env, lane),
  ]).catch(async (error: unknown) => {
    await transactions.close();
    throw error;
  });
  const { nextOffset, coveredTo } = committed.get(lane) ?? {
    nextOffset: begin[lane] ?? 0,
    coveredTo: plan.startOffsets[lane] ?? 0,
  };
  const position = Math.max(coveredTo, predictedTo);
  const handler = new SinkLane(env, grid, context, transactions, inputTopic, position);
  return { fromOffset: nextOffset, handler };
}

/** Behind the last prediction there may be the markers of this many transactions without one. */
const tailOffsets = 64;

/**
 * Behind which fix the plan's last prediction in a lane was made; 0 without one. The broker's group
 * coordinator may show a commit a moment after the predictions that were committed with it.
 */
async function predictionsEnd(
  { laneLog, topics, plan }: LaneEnvironment,
  lane: number,
): Promise<number> {
  const { begin, end } = await laneLog.bounds(topics.predictions);
  const behind = end[lane] ?? 0;
  const from = Math.max(begin[lane] ?? 0, behind - tailOffsets);
  let predictedTo = 0;
  for await (const { value } of laneLog.read(topics.predictions, lane, from, behind, true)) {
    if (value === null) continue;
    const prediction = decodePrediction(value);
    if (prediction.plan === plan.name) predictedTo = Math.max(predictedTo, prediction.offset + 1);
  }
  return predictedTo;
}

/** One lane of the sink: scores in, predictions and the input offset out together. */
class SinkLane implements LaneHandler {
  readonly #env: LaneEnvironment;
  readonly #grid: Grid;
  readonly #context: LaneContext;
  readonly #transactions: OpenTransactions;
  readonly #inputTopic: string;
  #position: number;
  #uncommitted: LaneProgress | null = null;

  constructor(
    env: LaneEnvironment,
    grid: Grid,
    context: LaneContext,
    transactions: OpenTransactions,
    inputTopic: string,
    position: number,
  ) {
    this.#env = env;
    this.#grid = grid;
    this.#context = context;
    this.#transactions = transactions;
    this.#inputTopic = inputTopic;
    this.#position = position;
  }

  async take(records: readonly LaneRecord[]): Promise<void> {
    const predictions: OutgoingRecord[] = [];
    let progress = { nextOffset: records[0]?.offset ?? 0, coveredTo: this.#position };
    try {
      for (const record of records) {
        predictions.push(...(await this.#predictionsOrLetter(record)));
        progress = { nextOffset: record.offset + 1, coveredTo: this.#position };
      }
    } finally {
      // What came before a gap goes on, though the lane stops at it.
      if (predictions.length > 0) await this.#commit(predictions, progress);
      else this.#uncommitted = progress;
    }
  }

  /** Coverage alone is not worth a transaction of its own until the lane rests. */
  async idle(): Promise<void> {
    if (this.#uncommitted !== null) await this.#commit([], this.#uncommitted);
  }

  drain(): Promise<void> {
    return this.idle();
  }

  close(): Promise<void> {
    return this.#transactions.close();
  }

  async #commit(predictions: readonly OutgoingRecord[], progress: LaneProgress): Promise<void> {
    await this.#transactions.commit(predictions, progress);
    this.#uncommitted = null;
    this.#context.acknowledged(progress);
  }

  async #predictionsOrLetter(record: LaneRecord): Promise<OutgoingRecord[]> {
    try {
      return this.#predictions(record);
    } catch (error) {
      const letter = unreadable(this.#inputTopic, record, error);
      await bury(this.#env, [letter], this.#context.signal);
      return [];
    }
  }

  #predictions(record: LaneRecord): OutgoingRecord[] {
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
    return records;
  }
}
