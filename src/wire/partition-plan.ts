import type { WindowRules } from '../geo/windows.js';
import { WireError } from './errors.js';
import { RecordCodec } from './record-codec.js';
import type { DecodeOptions } from './record-codec.js';
import { encodingOf, symbolOf } from './tensor.js';
import type { Encoding, EncodingSymbol } from './tensor.js';

/** What is planned for one sub-model: who runs it and what it is to do. */
export interface PlannedStage {
  /** Names of the nodes that its workers are to run on. */
  readonly nodes: readonly string[];
  /** Its workers. */
  readonly replicas: number;
  /** Processor time of an item's computation on the slowest of the nodes. Milliseconds. */
  readonly computeMs: number;
  /** Processor time of taking an item in and sending it on, on the slowest of the nodes. Milliseconds. */
  readonly hopMs: number;
  /** Items a second that all of its workers together can do. */
  readonly itemsPerS: number;
}

/** What was predicted of a plan before it was deployed. */
export interface PlanForecast {
  /** For each sub-model, in order; empty where nothing was predicted. */
  readonly stages: readonly PlannedStage[];
  /** Items a second that the whole pipeline is to do; 0 where nothing was predicted. */
  readonly predictedItemsPerS: number;
  /** Of an item from the first stage to the last; 0 where nothing was predicted. */
  readonly predictedLatencyMs: number;
}

/** The forecast of a plan of which nothing was predicted. */
export const noForecast: PlanForecast = {
  stages: [],
  predictedItemsPerS: 0,
  predictedLatencyMs: 0,
};

/** How a model is cut and run. A plan never changes; its name is part of its topics' names. */
export interface PlanRecord extends PlanForecast {
  readonly name: string;
  /** The first part of its topics' names. */
  readonly pipeline: string;
  /** SHA-256 of the model, in hexadecimal. */
  readonly modelDigest: string;
  /** Kafka partitions of every topic of the plan. */
  readonly lanes: number;
  /** Candidates of a prediction. */
  readonly topK: number;
  /** Of the tensors that cross the cuts. */
  readonly encoding: Encoding;
  /** How the cuts were found. */
  readonly strategy: string;
  /** Index of the first layer of sub-models 2 … K. */
  readonly cuts: readonly number[];
  /** Per lane, the first offset of the fixes topic that belongs to the plan. */
  readonly startOffsets: readonly number[];
  /** What makes windows of fixes. */
  readonly rules: WindowRules;
  /** Epoch milliseconds, UTC. */
  readonly createdAtMs: number;
}

interface PlanBody extends PlanForecast {
  readonly name: string;
  readonly pipeline: string;
  readonly modelDigest: string;
  readonly lanes: number;
  readonly topK: number;
  readonly encoding: EncodingSymbol;
  readonly strategy: string;
  readonly cuts: readonly number[];
  readonly startOffsets: readonly number[];
  readonly rules: WindowRules;
  readonly createdAt: number;
}

const codec = new RecordCodec<PlanRecord, PlanBody>({
  schema: 'partition-plan',
  toBody: ({ createdAtMs, encoding, ...same }) => ({
    ...same,
    encoding: symbolOf(encoding),
    createdAt: createdAtMs,
  }),
  fromBody: ({ createdAt, encoding, rules, stages, ...same }) => ({
    ...same,
    rules: { ...rules },
    stages: stages.map((stage) => ({ ...stage })),
    encoding: knownEncoding(same.name, encoding),
    createdAtMs: createdAt,
  }),
  sizeHintBytes: ({ stages }) => 512 + 128 * stages.length,
});

/**
 * Avro single-object encoding of a plan.
 *
 * @throws {WireError} INVALID_RECORD
 */
export function encodePlanRecord(plan: PlanRecord): Buffer {
  return codec.encode(plan);
}

/** @throws {WireError} UNKNOWN_FORMAT, UNKNOWN_FINGERPRINT, WRONG_SCHEMA, INVALID_RECORD */
export function decodePlanRecord(bytes: Uint8Array, options?: DecodeOptions): PlanRecord {
  return codec.decode(bytes, options);
}

function knownEncoding(plan: string, symbol: EncodingSymbol): Encoding {
  const encoding = encodingOf(symbol);
  if (encoding !== undefined) return encoding;
  throw new WireError(
    'INVALID_RECORD',
    `Plan ${JSON.stringify(plan)} uses an encoding of tensors that this program does not know: update it.`,
  );
}
