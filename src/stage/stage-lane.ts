import { newPart } from '../broker/coverage.js';
import { bury, encodeBatches, type LaneEnvironment } from '../broker/lane-environment.js';
import type { LaneRecord } from '../broker/lane-record.js';
import { LaneSender } from '../broker/lane-sender.js';
import { laneStart, type LaneStartOptions } from '../broker/lane-start.js';
import type { LaneContext, LaneHandler, OpenedLane } from '../broker/lane-worker.js';
import { groupOf, outputTopic, pipelineTopics, stageTopic } from '../broker/topics.js';
import { unreadable } from '../broker/unreadable.js';
import { timed } from '../broker/worker-meter.js';
import type { DeadLetter } from '../wire/dead-letter.js';
import type { PlanRecord } from '../wire/partition-plan.js';
import { decodeTensorBatch, encodeTensorBatch, type TensorBatch } from '../wire/tensor-batch.js';
import type { MicroBatcher } from './micro-batcher.js';
import type { FailedItem, StageResult } from './stage-logic.js';

/** Items in one run of the engine, at most: more gain nothing (bench/engine.ts). */
export const maxItemsPerRun = 128;

/** Which of a plan's stages one is. */
export interface StagePosition {
  /** 1 … K */
  readonly stage: number;
  /** K */
  readonly stages: number;
}

/** A record on its way through a stage. */
interface Read {
  readonly record: LaneRecord;
  readonly batch: TensorBatch;
}

/** Takes a lane over where its output ends. */
export async function openStageLane(
  env: LaneEnvironment,
  { stage, stages }: StagePosition,
  batcher: MicroBatcher<StageResult>,
  context: LaneContext,
): Promise<OpenedLane> {
  const { plan } = env;
  const inputTopic = stageTopic(plan.pipeline, plan.name, stage);
  const output = outputTopic(plan.pipeline, plan.name, stage, stages);
  const start = await laneStart({
    laneLog: env.laneLog,
    progressOf: env.progressOf,
    groupId: groupOf(plan, `stage-${stage}`),
    inputTopic,
    outputTopic: output,
    lane: context.lane,
    startOffset: plan.startOffsets[context.lane] ?? 0,
    upstream: upstreamOf(plan, stage),
  });
  const sender = new LaneSender(env.writer, output, context);
  const handler = new StageLane(env, inputTopic, batcher, sender, context, start.coveredTo);
  return { fromOffset: start.nextOffset, handler };
}

/** Whose output a stage reads. */
function upstreamOf(plan: PlanRecord, stage: number): LaneStartOptions['upstream'] {
  if (stage === 1) {
    return { groupId: groupOf(plan, 'windower'), topic: pipelineTopics(plan.pipeline).fixes };
  }
  const before = stage - 1;
  return {
    groupId: groupOf(plan, `stage-${before}`),
    topic: stageTopic(plan.pipeline, plan.name, before),
  };
}

/** One lane of a stage: every record in gives one record out, with the same coverage. */
class StageLane implements LaneHandler {
  readonly #env: LaneEnvironment;
  readonly #inputTopic: string;
  readonly #batcher: MicroBatcher<StageResult>;
  readonly #sender: LaneSender;
  readonly #context: LaneContext;
  #position: number;

  constructor(
    env: LaneEnvironment,
    inputTopic: string,
    batcher: MicroBatcher<StageResult>,
    sender: LaneSender,
    context: LaneContext,
    position: number,
  ) {
    this.#env = env;
    this.#inputTopic = inputTopic;
    this.#batcher = batcher;
    this.#sender = sender;
    this.#context = context;
    this.#position = position;
  }

  async take(records: readonly LaneRecord[]): Promise<void> {
    let group: Read[] = [];
    let items = 0;
    try {
      for (const record of records) {
        // What is not begun yet goes on in another worker, from the end of the output.
        if (this.#context.ending.aborted) break;
        const batch = await this.#read(record);
        if (batch === null) continue;
        group.push({ record, batch });
        items += batch.items.length;
        if (items < maxItemsPerRun) continue;
        const full = group;
        group = [];
        items = 0;
        await this.#process(full);
      }
    } finally {
      // What came before a gap goes on, though the lane stops at it.
      if (group.length > 0) await this.#process(group);
    }
  }

  drain(): Promise<void> {
    return this.#sender.drain();
  }

  /** The new part of a record's batch; null where nothing is new or the record can't be read. */
  async #read(record: LaneRecord): Promise<TensorBatch | null> {
    try {
      const batch = timed(
        () => decodeTensorBatch(record.value ?? Buffer.alloc(0)),
        (ms) => this.#env.meter.decoded(ms),
      );
      const where = `Record ${record.offset} of lane ${record.lane} in ${this.#inputTopic}`;
      const fresh = newPart(batch, this.#position, where);
      if (fresh !== null) this.#position = fresh.covers.to;
      return fresh;
    } catch (error) {
      const letter = unreadable(this.#inputTopic, record, error);
      await bury(this.#env, [letter], this.#context.signal);
      return null;
    }
  }

  async #process(group: readonly Read[]): Promise<void> {
    const results = await Promise.all(group.map(({ batch }) => this.#batcher.submit(batch)));
    const letters = results.flatMap(({ failed }, at) =>
      failed.map((item) => this.#letterOf(item, group[at])),
    );
    if (letters.length > 0) await bury(this.#env, letters, this.#context.signal);
    const records = encodeBatches(
      this.#env,
      results.map(({ output }) => output),
    );
    const last = group.at(-1);
    if (last === undefined) return;
    await this.#sender.send(records, {
      nextOffset: last.record.offset + 1,
      coveredTo: last.batch.covers.to,
    });
  }

  #letterOf(failed: FailedItem, from: Read | undefined): DeadLetter {
    const { item, failure, tensors } = failed;
    const { plan, stage } = from?.batch ?? { plan: this.#env.plan.name, stage: 0 };
    const covers = { from: item.offset, to: item.offset + 1 };
    return {
      topic: this.#inputTopic,
      lane: this.#context.lane,
      offset: from?.record.offset ?? 0,
      item: item.offset,
      code: failure.code,
      message: failure.message,
      timeMs: item.ingestTimeMs,
      key: Buffer.from(item.key),
      value: encodeTensorBatch({ plan, stage, covers, items: [item], tensors }),
      headers: {},
      truncatedFromBytes: null,
    };
  }
}
