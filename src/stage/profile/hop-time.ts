import { setTimeout as delay } from 'node:timers/promises';
import type { ClientOptions } from '../../broker/kafka-client.js';
import type { LaneWriter } from '../../broker/lane-writer.js';
import { stageTopic } from '../../broker/topics.js';
import { messageOf, PipelineError } from '../../errors.js';
import type { Logger } from '../../log.js';
import type { HostTensor } from '../../model/tensor.js';
import type { HopTime } from '../../partition/hop-fit.js';
import { processorMs } from '../../processor-time.js';
import type { PlanRecord } from '../../wire/partition-plan.js';
import { encodeTensorBatch } from '../../wire/tensor-batch.js';
import type { RowModel } from '../stage-logic.js';
import { startStage } from '../stage-runner.js';
import type { HopCase } from './hop-case.js';
import { recordOf, rowsFrom } from './records.js';

/** Where a stage is tried. */
export interface HopStand {
  readonly client: ClientOptions;
  readonly writer: Pick<LaneWriter, 'send'>;
  /** Of one stage; its topics are empty. */
  readonly plan: PlanRecord;
  readonly log: Logger;
}

/** How much goes through it. */
export interface HopEffort {
  /** Of input, at least one record. */
  readonly measuredBytes: number;
  readonly mostRecords: number;
}

/**
 * What a worker holds of two lanes that it has fetched and not taken: records before those that are
 * measured, so that it holds as much at the beginning as at the end, and after them.
 */
const heldBytes = 8 * 1024 * 1024;
const patienceMs = 60_000;

/**
 * What a stage takes for a record besides its sub-model: the stage's own worker, over topics, with
 * all that it does (fetching, commits, heartbeats, collecting garbage). It runs in this process,
 * which does nothing else meanwhile; records lie in its topic before it starts.
 *
 * @param compute some layers' work for so many items: it finds the processor's caches as a sub-model
 *   does, and leaves them so. It is run twice, and counts by what the first run takes beyond the second
 * @throws {PipelineError} HOP_STALLED where it comes to no end
 */
export async function hopTime(
  stand: HopStand,
  hop: HopCase,
  effort: HopEffort,
  compute: (items: number) => void,
): Promise<HopTime> {
  const { plan, log, client } = stand;
  const { items, input, output } = hop;
  const inputBytes = encodeTensorBatch(recordOf(plan.name, [input], items, 0), plan.encoding);
  const count = (bytes: number): number =>
    Math.max(4, Math.min(effort.mostRecords, Math.ceil(bytes / inputBytes.byteLength)));
  const [around, measured] = [count(heldBytes), count(effort.measuredBytes)];
  await write(stand, hop, 2 * around + measured);
  const meter = new RunMeter(hop, compute, items * around, items * (around + measured));
  let failure: unknown = null;
  const worker = await startStage({
    ...{ client, plan, log, stage: 1, stages: 1, model: meter.model },
    name: 'profile',
    sessionTimeoutMs: 30_000,
    stallTimeoutMs: 10 * patienceMs,
    // Nothing is planned of it.
    deviationFactor: Infinity,
    onNotice: (notice) => log.warn(notice),
    onFatal: (error) => {
      failure ??= error;
    },
  });
  try {
    const deadlineMs = Date.now() + patienceMs;
    while (meter.itemMs === null) {
      if (failure !== null || Date.now() > deadlineMs) throw stalled(hop, failure);
      await delay(20);
    }
  } finally {
    await worker.stop();
  }
  const made = recordOf(plan.name, [output], items, 0);
  return {
    items,
    inputBytes: inputBytes.byteLength,
    outputBytes: encodeTensorBatch(made, plan.encoding).byteLength,
    recordMs: meter.itemMs * items,
  };
}

function stalled({ items }: HopCase, cause: unknown): PipelineError {
  const why = cause === null ? `within ${patienceMs / 1000} s` : `: ${messageOf(cause)}`;
  return new PipelineError(
    `A stage that was to be measured with records of ${items} items has not come to their end ${why}. Look at the broker's log, or leave it out with --no-broker.`,
    { code: 'HOP_STALLED', disposition: 'fatal', cause },
  );
}

async function write(
  { writer, plan }: HopStand,
  { input, items }: HopCase,
  records: number,
): Promise<void> {
  const topic = stageTopic(plan.pipeline, plan.name, 1);
  for (let record = 0; record < records; record += 1) {
    const lane = record % plan.lanes;
    const from = Math.floor(record / plan.lanes) * items;
    const batch = recordOf(plan.name, [input], items, from);
    const value = encodeTensorBatch(batch, plan.encoding);
    await writer.send(topic, lane, [{ key: null, value }]);
  }
}

/** A sub-model whose time does not count, and which notes the processor time between two of its items. */
class RunMeter {
  readonly model: RowModel;
  #items = 0;
  #computedMs = 0;
  #begin: { readonly items: number; readonly ms: number } | null = null;
  /** Processor time of an item; null before it is known. */
  itemMs: number | null = null;

  constructor(
    { input, output }: HopCase,
    compute: (items: number) => void,
    fromItems: number,
    toItems: number,
  ) {
    const specOf = ({ name, dtype, shape }: HostTensor) => ({
      ...{ name, dtype, itemShape: shape.slice(1) },
    });
    this.model = {
      inputs: [specOf(input)],
      outputs: [specOf(output)],
      keeps: [],
      run: ([tensor]) => {
        this.#note(fromItems, toItems);
        const rows = tensor?.shape[0] ?? 0;
        this.#items += rows;
        compute(rows);
        // Once more, with what it needs in the caches, as layers are measured: what the first run took
        // beyond that is the doing of the records between two runs, and part of a hop.
        const startMs = processorMs();
        compute(rows);
        this.#computedMs += 2 * (processorMs() - startMs);
        // A sub-model's output is in memory that was not there before.
        return [rowsFrom(output, 0, rows)];
      },
    };
  }

  #note(fromItems: number, toItems: number): void {
    if (this.itemMs !== null) return;
    const now = { items: this.#items, ms: processorMs() - this.#computedMs };
    if (now.items >= fromItems) this.#begin ??= now;
    if (this.#begin === null || now.items < toItems) return;
    this.itemMs = (now.ms - this.#begin.ms) / (now.items - this.#begin.items);
  }
}
