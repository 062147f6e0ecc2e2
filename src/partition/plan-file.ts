import { z } from 'zod';
import { ConfigError, messageOf } from '../errors.js';
import type { PlanForecast } from '../wire/partition-plan.js';
import type { Encoding } from '../wire/tensor.js';
import type { Goal, PlanRequest } from './planner/plan-request.js';
import type { PlannedRun } from './planner/planned-run.js';
import type { PlanTable } from './planner/plan-table.js';

/** What `stagecoach plan --json` writes. */
export interface PlanFile extends PlanTable {
  readonly version: 1;
  /** SHA-256 of the model that was planned for, in hexadecimal. */
  readonly modelDigest: string;
  /** Epoch milliseconds, UTC. */
  readonly plannedAtMs: number;
  readonly goal: Goal;
  /** The rate that the plan must keep up with; null where none was named. */
  readonly ratePerS: number | null;
  readonly encoding: Encoding;
  readonly lanes: number;
}

/** What deploying a plan file takes of it. */
export type PlanOrders = Pick<PlanFile, 'modelDigest' | 'encoding' | 'lanes' | 'chosen'>;

/** The content of a plan file. */
export function planFileOf(request: PlanRequest, table: PlanTable, plannedAtMs: number): PlanFile {
  const { profile, goal, ratePerS, encoding, lanes } = request;
  return {
    ...{ version: 1, modelDigest: profile.modelDigest, plannedAtMs },
    ...{ goal, ratePerS: ratePerS ?? null, encoding, lanes },
    ...table,
  };
}

/** Where a run is cut: the first layer of its 2nd, 3rd, … sub-model. */
export function cutsOf({ stages }: PlannedRun): readonly number[] {
  return stages.slice(1).map(({ layers }) => layers.from);
}

/** What a deployed plan says of its prediction. */
export function forecastOf(run: PlannedRun): PlanForecast {
  return {
    stages: run.stages.map(({ nodes, computeMs, hopMs, itemsPerS }) => ({
      nodes,
      replicas: nodes.length,
      ...{ computeMs, hopMs, itemsPerS },
    })),
    predictedItemsPerS: run.itemsPerS,
    predictedLatencyMs: run.latencyMs,
  };
}

const figure = z.number().nonnegative();

const stageSchema = z.object({
  layers: z.object({ from: z.int().nonnegative(), to: z.int().positive() }),
  nodes: z.array(z.string()).min(1),
  computeMs: figure,
  hopMs: figure,
  itemsPerS: figure,
  memoryBytes: figure,
  inBytes: figure,
  outBytes: figure,
  limit: z.enum(['processor', 'upload', 'download']),
});

const ordersSchema = z.object({
  version: z.literal(1),
  modelDigest: z.string(),
  encoding: z.enum(['raw', 'f16', 'zstd', 'shuffle+zstd']),
  lanes: z.int().positive(),
  chosen: z.object({
    strategy: z.string(),
    stages: z
      .array(stageSchema)
      .min(1)
      .refine(
        (stages) =>
          stages.every(
            ({ layers }, at) =>
              layers.from === (stages[at - 1]?.layers.to ?? 0) && layers.to > layers.from,
          ),
        'each stage is to begin where the one before ends, the first with layer 0',
      ),
    itemsPerS: figure,
    latencyMs: figure,
    networkBytesPerS: figure,
    energyJPerItem: figure,
    bottleneck: z.int().positive(),
  }),
});

/**
 * Reads what a plan file orders; the table of other plans is passed over.
 *
 * @param text the file's content
 * @param file how it is called in errors
 * @throws {ConfigError} with all that is wrong, one line each
 */
export function parsePlanFile(text: string, file: string): PlanOrders {
  const parsed = ordersSchema.safeParse(parsedJson(text, file));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path, message }) => `  ${path.join('.') || 'it'}: ${message}`,
  );
  throw new ConfigError(
    [`${file} is no plan that "stagecoach plan --json" has written:`, ...problems].join('\n'),
  );
}

function parsedJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ConfigError(`The plan file ${file} is no JSON: ${messageOf(error)}`, error);
  }
}
