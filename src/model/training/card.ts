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

const fleetsSchema = z
  .object({
    kind: z.literal('fleet'),
    training: z.array(fleetSchema).readonly(),
    validation: fleetSchema,
    test: fleetSchema,
  })
  .readonly();

/** How many there are of each code. */
const countsSchema = z.record(z.string(), count).readonly();

const fixesPartSchema = z
  .object({
    vehicles: count,
    /** ISO 8601, of the first fix and of the last. */
    from: z.string(),
    to: z.string(),
    fixes: count,
    /** Fixes that the windower rejects. */
    rejected: countsSchema,
    /** Cells entered. */
    items: count,
    /** Cells entered whose successor is known. */
    transitions: count,
  })
  .readonly();

/** What the vehicles of one part of a file of fixes gave. */
export type FixesPart = z.infer<typeof fixesPartSchema>;

const fixesSchema = z
  .object({
    kind: z.literal('fixes'),
    city: z.string(),
    /** Who recorded the movement, as it is to be cited. */
    source: z.string(),
    terms: z.string().optional(),
    /** SHA-256 of the file of fixes, unpacked, hex. */
    fileDigest: z.string(),
    /** What decides, with a vehicle's id, the part that it belongs to. */
    split: z
      .object({
        seed: z.int(),
        /** Per cent of the vehicles. */
        percent: z
          .object({ training: z.number(), validation: z.number(), test: z.number() })
          .readonly(),
      })
      .readonly(),
    /** Lines of the file that were no fixes. */
    badLines: countsSchema,
    /** Fixes outside of the city's area. */
    outside: count,
    training: fixesPartSchema,
    validation: fixesPartSchema,
    test: fixesPartSchema,
  })
  .readonly();

/** Simulated fleets, or recorded fixes. */
const dataSchema = z.discriminatedUnion('kind', [fleetsSchema, fixesSchema]);

/** What a model was trained, validated and tested on. */
export type CardData = z.infer<typeof dataSchema>;

/** Recorded movement: no vehicle is in two of its parts. */
export type FixesData = z.infer<typeof fixesSchema>;

/** Cards of the first version knew fleets only. */
function withKind(data: unknown): unknown {
  return typeof data === 'object' && data !== null && !('kind' in data)
    ? { kind: 'fleet', ...data }
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

/** An experiment, as a row of the card's table. */
export const trialSchema = z.object({ what: z.string(), result: z.string() }).readonly();
export type Trial = z.infer<typeof trialSchema>;

/** The best that can be had: the accuracy of an oracle, on the model's own test items. */
export const ceilingSchema = z
  .object({
    /** Who ranks so, in a sentence: what it knows and what not. */
    what: z.string(),
    /** Shares, 0 … 1; null where it was not measured. */
    top1: z.number().positive(),
    top3: z.number().nullable(),
    top5: z.number().nullable(),
  })
  .readonly();
export type Ceiling = z.infer<typeof ceilingSchema>;

const cardSchema = madeModelSchema.extend(evaluationSchema.unwrap().shape).extend({
  version: z.literal(2),
  /** When accuracy and all that follows from it was measured. */
  evaluatedAt: z.string(),
  /** The model's hits on the items of `sample.json`. */
  sample: sampleHitsSchema,
  tried: z.array(trialSchema).readonly(),
  /** Null where none was measured. */
  ceiling: ceilingSchema.nullable(),
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
