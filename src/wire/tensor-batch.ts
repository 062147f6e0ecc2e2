import { WireError } from './errors.js';
import { RecordCodec } from './record-codec.js';
import type { DecodeOptions } from './record-codec.js';
import { packTensor, unpackTensor } from './tensor.js';
import type { Encoding, TensorBody, WireTensor } from './tensor.js';

export type { DType, Encoding, WireTensor } from './tensor.js';

/** Offsets of the fixes topic, in one lane. */
export interface Covers {
  readonly from: number;
  /** The first one that is no longer covered. */
  readonly to: number;
}

/** Why an item can't go on. */
export interface ItemFailure {
  /** Stable error code. */
  readonly code: string;
  readonly message: string;
  /** The stage that it failed in; 0 is the windower. */
  readonly stage: number;
}

/** That an item is there once more: it had failed before, or its fix had. */
export interface ItemReplay {
  /** Offset of the original's fix in the fixes topic, same lane; −1 where it had none there. */
  readonly of: number;
  /**
   * Whether the window was sent again too, and is not made of the vehicle's fixes before it: then
   * the item says nothing of where the vehicle is now.
   */
  readonly broughtWindow: boolean;
}

/** What is known of an item besides its tensors. */
export interface ItemHeader {
  /** Offset of the fix that completed the window. */
  readonly offset: number;
  /** Vehicle id. */
  readonly key: string;
  /** Event time of the fix: epoch milliseconds, UTC. */
  readonly eventTimeMs: number;
  /** When the broker took the fix: epoch milliseconds, UTC. */
  readonly ingestTimeMs: number;
  /** A failed item stays in its place; null while it is well. */
  readonly failure: ItemFailure | null;
  /** Null for all that is no replay of a dead letter. */
  readonly replay: ItemReplay | null;
}

/** What travels in one record from stage to stage. */
export interface TensorBatch {
  /** Name of the plan. */
  readonly plan: string;
  /** The stage that made the record: 0 is the windower, K the last sub-model. */
  readonly stage: number;
  /** The fixes that the record accounts for, whether or not each gave an item. */
  readonly covers: Covers;
  /** In the order of their offsets. */
  readonly items: readonly ItemHeader[];
  readonly tensors: readonly WireTensor[];
}

interface BatchBody {
  readonly plan: string;
  readonly stage: number;
  readonly covers: Covers;
  readonly items: readonly ItemBody[];
  readonly tensors: readonly TensorBody[];
}

interface ItemBody {
  readonly offset: number;
  readonly key: string;
  readonly eventTime: number;
  readonly ingestTime: number;
  readonly failure: ItemFailure | null;
  readonly replay: ItemReplay | null;
}

const codec = new RecordCodec<BatchBody, BatchBody>({
  schema: 'tensor-batch',
  toBody: (body) => body,
  fromBody: (body) => body,
  sizeHintBytes,
});

/**
 * Avro single-object encoding of a batch.
 *
 * @param encoding Of its tensors; `raw` if not given. The zstd ones need `ready()` beforehand.
 * @throws {WireError} INVALID_RECORD, INVALID_TENSOR, ZSTD_NOT_READY
 */
export function encodeTensorBatch(batch: TensorBatch, encoding: Encoding = 'raw'): Buffer {
  return codec.encode(bodyOf(batch, encoding));
}

/**
 * The same bytes in parts, to be written one behind the other: data of tensors that are not packed
 * are parts of their own, without a copy.
 *
 * @throws {WireError} INVALID_RECORD, INVALID_TENSOR, ZSTD_NOT_READY
 */
export function encodeTensorBatchParts(batch: TensorBatch, encoding: Encoding = 'raw'): Buffer[] {
  return codec.encodeParts(bodyOf(batch, encoding), { list: 'tensors', bytes: 'data' });
}

function bodyOf(batch: TensorBatch, encoding: Encoding): BatchBody {
  const { from, to } = batch.covers;
  if (!(from >= 0 && from <= to)) {
    throw new WireError('INVALID_RECORD', `A batch can't cover the offsets ${from} to ${to}.`, {
      disposition: 'fatal',
    });
  }
  return {
    plan: batch.plan,
    stage: batch.stage,
    covers: batch.covers,
    items: batch.items.map(({ eventTimeMs, ingestTimeMs, ...same }) => {
      return { ...same, eventTime: eventTimeMs, ingestTime: ingestTimeMs };
    }),
    tensors: batch.tensors.map((tensor) => packTensor(tensor, encoding)),
  };
}

/**
 * The batch of a record. Its tensors may be views of `bytes`, which have to stay as they are.
 *
 * @throws {WireError} UNKNOWN_FORMAT, UNKNOWN_FINGERPRINT, WRONG_SCHEMA, INVALID_RECORD,
 * INVALID_TENSOR, ZSTD_NOT_READY
 */
export function decodeTensorBatch(bytes: Uint8Array, options?: DecodeOptions): TensorBatch {
  const body = codec.decode(bytes, options);
  const { from, to } = body.covers;
  if (!(from >= 0 && from <= to)) {
    throw new WireError('INVALID_RECORD', `The batch covers the offsets ${from} to ${to}.`);
  }
  return {
    plan: body.plan,
    stage: body.stage,
    covers: { from, to },
    items: body.items.map(({ offset, key, eventTime, ingestTime, failure, replay }) => {
      return {
        offset,
        key,
        eventTimeMs: eventTime,
        ingestTimeMs: ingestTime,
        failure: failure === null ? null : { ...failure },
        replay: replay === null ? null : { ...replay },
      };
    }),
    tensors: body.tensors.map(unpackTensor),
  };
}

/** An upper bound for all but strings of many non-ASCII letters. */
function sizeHintBytes({ plan, items, tensors }: BatchBody): number {
  let bytes = 64 + plan.length;
  for (const { key, failure } of items) {
    bytes += 60 + key.length;
    if (failure !== null) bytes += 32 + failure.code.length + 2 * failure.message.length;
  }
  for (const { name, shape, data } of tensors) {
    bytes += 32 + name.length + 5 * shape.length + data.length;
  }
  return bytes;
}
