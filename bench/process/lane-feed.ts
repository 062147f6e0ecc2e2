import type { RecordWriter } from '../../src/broker/lane-writer.js';
import {
  encodeTensorBatch,
  type Encoding,
  type TensorBatch,
  type WireTensor,
} from '../../src/wire/tensor-batch.js';

/** Makes the tensors of a record's items. */
export type TensorsOf = (items: number) => readonly WireTensor[];

/**
 * Makes records of a lane, each of which goes on where the one before it has ended, as a stage
 * writes them.
 */
export class LaneFeed {
  readonly #plan: string;
  readonly #stage: number;
  readonly #encoding: Encoding;
  readonly #tensorsOf: TensorsOf;
  readonly #next = new Map<number, number>();

  /** @param stage the one that the records are said to come from, 0 … K */
  constructor(plan: string, stage: number, encoding: Encoding, tensorsOf: TensorsOf) {
    this.#plan = plan;
    this.#stage = stage;
    this.#encoding = encoding;
    this.#tensorsOf = tensorsOf;
  }

  /** The lane's next record, encoded. */
  record(lane: number, items: number): Buffer {
    const from = this.#next.get(lane) ?? 0;
    this.#next.set(lane, from + items);
    const nowMs = Date.now();
    const batch: TensorBatch = {
      ...{ plan: this.#plan, stage: this.#stage, covers: { from, to: from + items } },
      items: Array.from({ length: items }, (_, index) => ({
        offset: from + index,
        key: `taxi-${String(1 + (index % 400)).padStart(4, '0')}`,
        eventTimeMs: nowMs,
        ingestTimeMs: nowMs,
        failure: null,
        replay: null,
      })),
      tensors: this.#tensorsOf(items),
    };
    return encodeTensorBatch(batch, this.#encoding);
  }

  /** Writes so many records of so many items, the lanes taking turns. */
  async write(
    writer: RecordWriter,
    topic: string,
    { lanes, records, items }: { lanes: number; records: number; items: number },
  ): Promise<void> {
    for (let count = 0; count < records; count += 1) {
      const lane = count % lanes;
      await writer.send(topic, lane, [{ key: null, value: this.record(lane, items) }]);
    }
  }
}
