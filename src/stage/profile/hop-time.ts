import type { HostTensor } from '../../model/tensor.js';
import type { HopTime } from '../../partition/hop-fit.js';
import { processorMs } from '../../processor-time.js';
import { encodeTensorBatch } from '../../wire/tensor-batch.js';
import type { RowModel } from '../stage-logic.js';
import type { HopCase } from './hop-case.js';
import { recordOf, rowsFrom } from './records.js';
import { sendRecord, withTrialStage, type TrialStand } from './trial-stage.js';

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
  stand: TrialStand,
  hop: HopCase,
  effort: HopEffort,
  compute: (items: number) => void,
): Promise<HopTime> {
  const { plan } = stand;
  const { items, input, output } = hop;
  const inputBytes = encodeTensorBatch(recordOf(plan.name, [input], items, 0), plan.encoding);
  const count = (bytes: number): number =>
    Math.max(4, Math.min(effort.mostRecords, Math.ceil(bytes / inputBytes.byteLength)));
  const [around, measured] = [count(heldBytes), count(effort.measuredBytes)];
  await write(stand, hop, 2 * around + measured);
  const meter = new RunMeter(hop, compute, items * around, items * (around + measured));
  const itemMs = await withTrialStage(stand, { model: meter.model, items }, (until) =>
    until(() => meter.itemMs),
  );
  const made = recordOf(plan.name, [output], items, 0);
  return {
    items,
    inputBytes: inputBytes.byteLength,
    outputBytes: encodeTensorBatch(made, plan.encoding).byteLength,
    recordMs: itemMs * items,
  };
}

async function write(stand: TrialStand, { input, items }: HopCase, records: number): Promise<void> {
  const { lanes } = stand.plan;
  for (let record = 0; record < records; record += 1) {
    const from = Math.floor(record / lanes) * items;
    await sendRecord(stand, record % lanes, input, { items, from });
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
