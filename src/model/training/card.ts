import { z } from 'zod';
import { evaluationSchema } from '../evaluation/figures.js';
import { sampleHitsSchema } from '../evaluation/sample.js';

const count = z.int().nonnegative();

const fleetSchema = z
  .object({
    seed: z.string(),
    vehicles: count,
    from: z.string(),
    to: z.string(),
    fixes: count,
    /** Cells entered. */
    items: count,
    /** Cells entered whose successor is known. */
    transitions: count,
  })
  .readonly();

/** A simulated fleet that data came from. */
export type FleetData = z.infer<typeof fleetSchema>;

const splitSchema = z.object({ vehicles: count, fixes: count, items: count, transitions: count });

/** What one of the three parts has of recorded fixes. */
export type SplitData = Readonly<z.infer<typeof splitSchema>>;

const fleetsSchema = z
  .object({
    kind: z.literal('fleets'),
    training: z.array(fleetSchema).readonly(),
    validation: fleetSchema,
    test: fleetSchema,
  })
  .readonly();

const fixesSchema = z
  .object({
    kind: z.literal('fixes'),
    /** The file's name, without its folder, and its SHA-256 in hex. */
    file: z.string(),
    sha256: z.string(),
    /** One sentence on what is in it. */
    description: z.string(),
    /** Who recorded it, as it is to be cited. */
    source: z.string(),
    /** What may be done with it; null if nothing is known of that. */
    terms: z.string().nullable(),
    /** First and last moment, ISO 8601. */
    from: z.string(),
    to: z.string(),
    /** Decides which vehicle is in which part. No vehicle is in two. */
    splitSeed: z.int(),
    training: splitSchema.readonly(),
    validation: splitSchema.readonly(),
    test: splitSchema.readonly(),
  })
  .readonly();

/** Simulated fleets, or recorded fixes. */
const dataSchema = z.discriminatedUnion('kind', [fleetsSchema, fixesSchema]);
export type CardData = z.infer<typeof dataSchema>;
export type FixesData = z.infer<typeof fixesSchema>;

/** Cards of the first version knew fleets only. */
function withKind(data: unknown): unknown {
  return typeof data === 'object' && data !== null && !('kind' in data)
    ? { kind: 'fleets', ...data }
    : data;
}

const madeModelSchema = z.object({
  name: z.string(),
  /** SHA-256 that names the model: see `modelDigest`. */
  digest: z.string(),
  trainedAt: z.string(),
  grid: z.object({ name: z.string(), version: z.int(), cellSizeM: z.number() }).readonly(),
  network: z
    .object({
      cells: count,
      units: count,
      depth: count,
      steps: count,
      dropout: z.number(),
      parameters: count,
    })
    .readonly(),
  training: z
    .object({
      command: z.string(),
      seed: z.int(),
      batch: count,
      peakLearningRate: z.number(),
      warmUpSteps: count,
      steps: count,
      epochs: z.number(),
      seconds: z.number(),
      end: z.string(),
      bestValidationTop1: z.number().nullable(),
      validations: z
        .array(z.object({ step: z.int(), loss: z.number(), top1: z.number() }))
        .readonly(),
    })
    .readonly(),
  data: z.preprocess(withKind, dataSchema),
});

/** What a model was made from, and how. Written by the run that made it. */
export type MadeModel = Readonly<z.infer<typeof madeModelSchema>>;

const trialSchema = z.object({ what: z.string(), result: z.string() }).readonly();
const ceilingSchema = z
  .object({
    /** Who ranks so, in a sentence: what it knows and what not. */
    what: z.string(),
    /** Shares, 0 … 1, on the model's own test items. */
    top1: z.number(),
    top3: z.number().nullable(),
    top5: z.number().nullable(),
  })
  .readonly();

/** What else is known of a model: of other trainings, and of how good any model can be. */
export const findingsSchema = z
  .object({
    /** Experiments, in the order of the card's table. */
    tried: z.array(trialSchema).readonly().default([]),
    /** The best that can be had: an oracle's accuracy. Null where none was measured. */
    ceiling: ceilingSchema.nullable().default(null),
  })
  .readonly();
export type Findings = z.infer<typeof findingsSchema>;

const cardSchema = madeModelSchema
  .extend(evaluationSchema.unwrap().shape)
  .extend(findingsSchema.unwrap().shape)
  .extend({
    version: z.literal(2),
    /** When accuracy and all that follows from it was measured. */
    evaluatedAt: z.string(),
    /** The model's hits on the items of `sample.json`. */
    sample: sampleHitsSchema,
  });

/** What a model was made from, how, and how good it is. */
export type ModelCard = Readonly<z.infer<typeof cardSchema>>;

/**
 * Reads a card from the parsed JSON of its file.
 * @throws {z.ZodError} if it is none of this version
 */
export function parseCard(json: unknown): ModelCard {
  return cardSchema.parse(json);
}

/**
 * Reads what a card of any version says of how the model was made.
 * @throws {z.ZodError} if it is no card
 */
export function parseMadeModel(json: unknown): MadeModel {
  return madeModelSchema.parse(json);
}
