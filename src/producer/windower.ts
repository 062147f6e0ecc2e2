import type { LaneRecord } from '../broker/lane-record.js';
import { unreadable } from '../broker/unreadable.js';
import { PipelineError } from '../errors.js';
import { checkFix, type GeoFix } from '../geo/fix.js';
import type { VehicleMap } from '../geo/windows.js';
import type { DeadLetter } from '../wire/dead-letter.js';
import { frameOf } from '../wire/framing.js';
import { decodeGeoFixRecord } from '../wire/geo-fix.js';
import { replayedOffset, replayOrigin, type Origin } from '../wire/replay-mark.js';
import type { Covers, ItemHeader, TensorBatch } from '../wire/tensor-batch.js';
import { readReplayedWindow, type WindowShape } from './replay/replayed-window.js';

/** A window that a fix has completed, not yet in a batch. */
export interface WindowedItem {
  readonly header: ItemHeader;
  /** `[steps] int32` cell ids. */
  readonly window: Int32Array;
}

/** A fix without a key that belongs to its vehicle's lane, wherever it came in. */
export interface KeylessFix {
  readonly vehicleId: string;
  readonly value: Buffer;
  /** As it came in. */
  readonly record: LaneRecord;
}

/** What some records of a lane have given. */
export interface WindowerStep {
  readonly items: readonly WindowedItem[];
  readonly deadLetters: readonly DeadLetter[];
  readonly keyless: readonly KeylessFix[];
}

/** Where a windower works. */
export interface WindowerOptions extends WindowShape {
  /** The topic of the fixes, for the dead letters. */
  readonly topic: string;
  readonly vehicles: VehicleMap;
}

/**
 * Turns the fixes of one lane into windows: the pure part of the windower. What it gives depends
 * on the records of the lane up to now and on nothing else.
 */
export class Windower {
  readonly #options: WindowerOptions;

  constructor(options: WindowerOptions) {
    this.#options = options;
  }

  /** Takes the lane's next records. */
  step(records: readonly LaneRecord[]): WindowerStep {
    const items: WindowedItem[] = [];
    const deadLetters: DeadLetter[] = [];
    const keyless: KeylessFix[] = [];
    for (const record of records) {
      try {
        const origin = replayOrigin(record.headers);
        if (origin !== null && origin.item !== null) {
          items.push(this.#again(record, origin));
          continue;
        }
        const fix = readFix(record);
        if (isKeyless(record)) {
          keyless.push(requireJson(record, fix));
          continue;
        }
        requireKey(record, fix);
        const item = this.#take(record, fix, origin);
        if (item !== null) items.push(item);
      } catch (error) {
        deadLetters.push(unreadable(this.#options.topic, record, error));
      }
    }
    return { items, deadLetters, keyless };
  }

  /** An item that a stage gave up comes with its window; where its vehicle is now is left as it is. */
  #again(record: LaneRecord, origin: Origin): WindowedItem {
    const { item, window } = readReplayedWindow(record, this.#options);
    return {
      header: {
        offset: record.offset,
        key: item.key,
        eventTimeMs: item.eventTimeMs,
        ingestTimeMs: record.timestampMs,
        failure: null,
        replay: { of: this.#replayedOffset(record, origin), broughtWindow: true },
      },
      window,
    };
  }

  #replayedOffset({ lane }: LaneRecord, origin: Origin): number {
    return replayedOffset(origin, { fixesTopic: this.#options.topic, lane });
  }

  #take(record: LaneRecord, fix: GeoFix, origin: Origin | null): WindowedItem | null {
    const outcome = this.#options.vehicles.take(fix, record.timestampMs);
    switch (outcome.kind) {
      case 'stayed':
        return null;
      case 'rejected':
        throw new FixError(outcome.code, outcome.message);
      case 'entered':
        return {
          header: {
            offset: record.offset,
            key: fix.vehicleId,
            eventTimeMs: fix.eventTimeMs,
            ingestTimeMs: record.timestampMs,
            failure: null,
            replay:
              origin === null
                ? null
                : { of: this.#replayedOffset(record, origin), broughtWindow: false },
          },
          window: outcome.window,
        };
    }
  }
}

/** A fix that can't be taken; its record goes to the dead-letter topic. */
export class FixError extends PipelineError {
  constructor(code: string, message: string) {
    super(message, { code, disposition: 'deadLetter' });
  }
}

function readFix(record: LaneRecord): GeoFix {
  if (record.value === null) {
    throw new FixError(
      'UNKNOWN_FORMAT',
      'The record has no value; expected a GeoFix in Avro or as a JSON object.',
    );
  }
  const checked = checkFix(decodeGeoFixRecord(record.value));
  if (!checked.ok) throw new FixError(checked.code, checked.message);
  return checked.fix;
}

function isKeyless(record: LaneRecord): boolean {
  return record.key === null || record.key.length === 0;
}

/** A line typed by a person has no key; a program that writes Avro has to set one. */
function requireJson(record: LaneRecord, fix: GeoFix): KeylessFix {
  const value = record.value ?? Buffer.alloc(0);
  if (frameOf(value).kind === 'json') return { vehicleId: fix.vehicleId, value, record };
  throw new FixError(
    'MISSING_KEY',
    `The record has no key; expected the vehicle's id ("${fix.vehicleId}"), which keeps its fixes in one lane and in order.`,
  );
}

function requireKey(record: LaneRecord, fix: GeoFix): void {
  const key = record.key?.toString() ?? '';
  if (key === fix.vehicleId) return;
  throw new FixError(
    'KEY_MISMATCH',
    `The record's key is "${key.slice(0, 100)}" and its vehicleId "${fix.vehicleId}": the key must be the vehicle's id.`,
  );
}

/** What a lane's batches have in common. */
export interface BatchFrame {
  readonly plan: string;
  readonly steps: number;
  readonly maxItems: number;
}

/**
 * Puts items into batches that account together, without a hole, for all offsets covered.
 *
 * @param items in the order of their offsets, within `covers`
 * @returns at least one batch; its tensors are `cells`, `[items, steps] int32`, which the first
 * sub-model takes, and `currentCell`, `[items] int32`, which goes through to the sink
 */
export function windowBatches(
  items: readonly WindowedItem[],
  covers: Covers,
  frame: BatchFrame,
): TensorBatch[] {
  const batches: TensorBatch[] = [];
  let from = covers.from;
  for (let start = 0; start === 0 || start < items.length; start += frame.maxItems) {
    const group = items.slice(start, start + frame.maxItems);
    const isLast = start + frame.maxItems >= items.length;
    const to = isLast ? covers.to : (group.at(-1)?.header.offset ?? from) + 1;
    const data = new Int32Array(group.length * frame.steps);
    group.forEach(({ window }, row) => data.set(window, row * frame.steps));
    batches.push({
      plan: frame.plan,
      stage: 0,
      covers: { from, to },
      items: group.map(({ header }) => header),
      tensors: [
        { name: 'cells', dtype: 'int32', shape: [group.length, frame.steps], data },
        {
          name: 'currentCell',
          dtype: 'int32',
          shape: [group.length],
          data: Int32Array.from(group, ({ window }) => window.at(-1) ?? 0),
        },
      ],
    });
    from = to;
  }
  return batches;
}
