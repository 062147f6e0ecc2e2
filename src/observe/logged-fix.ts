import type { LaneRecord } from '../broker/lane-record.js';
import { PipelineError } from '../errors.js';
import { checkFix, type GeoFix } from '../geo/fix.js';
import { decodeGeoFixRecord } from '../wire/geo-fix.js';
import { replayedOffset, replayOrigin } from '../wire/replay-mark.js';
import { decodeTensorBatch } from '../wire/tensor-batch.js';
import type { LoggedFix, SentItem } from './referee.js';

/** What a run's fixes are read by. */
export interface FixReading {
  readonly fixesTopic: string;
  /** Cells in a window. */
  readonly steps: number;
  /** The cells of the grid are 1 … this. */
  readonly cellCount: number;
}

/** What a record of the fixes topic says; it owes nothing where the windower must dead-letter it. */
export function loggedFix(record: LaneRecord, reading: FixReading): LoggedFix {
  const { offset, lane, timestampMs, headers } = record;
  const origin = replayOrigin(headers);
  const at = { fixesTopic: reading.fixesTopic, lane };
  const isItem = origin !== null && origin.item !== null;
  return {
    offset,
    ingestTimeMs: timestampMs,
    fix: isItem ? null : orNull(() => fixOf(record)),
    sentItem: isItem ? orNull(() => sentItemOf(record, reading)) : null,
    replayOf: origin === null ? null : replayedOffset(origin, at),
  };
}

function orNull<Value>(read: () => Value | null): Value | null {
  try {
    return read();
  } catch (error) {
    // The windower dead-letters what can't be read: it owes no prediction.
    if (error instanceof PipelineError) return null;
    throw error;
  }
}

function fixOf({ key, value }: LaneRecord): GeoFix | null {
  if (value === null) return null;
  const checked = checkFix(decodeGeoFixRecord(value));
  return checked.ok && key?.toString() === checked.fix.vehicleId ? checked.fix : null;
}

function sentItemOf({ key, value }: LaneRecord, reading: FixReading): SentItem | null {
  if (value === null) return null;
  const { items, tensors } = decodeTensorBatch(value);
  const tensor = (name: string, shape: string) =>
    tensors.find((one) => one.name === name && one.dtype === 'int32' && one.shape.join() === shape)
      ?.data;
  const cells = tensor('cells', `1,${reading.steps}`);
  const current = tensor('currentCell', '1')?.[0];
  const [item] = items;
  if (item === undefined || items.length > 1 || cells === undefined) return null;
  const window = [...cells];
  const isOfGrid = window.every((cell) => cell >= 0 && cell <= reading.cellCount);
  const cell = window.at(-1);
  if (!isOfGrid || cell === undefined || cell !== current) return null;
  if (item.key !== key?.toString()) return null;
  return { vehicleId: item.key, eventTimeMs: item.eventTimeMs, cell, window };
}
