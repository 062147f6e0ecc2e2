import { z } from 'zod';

const share = z.number().min(0).max(1);

/**
 * A figure and the interval that holds it with 95 % confidence, by a bootstrap over vehicles.
 * Shares are 0 … 1, distances metres.
 */
export const estimateSchema = z
  .object({ value: z.number(), low: z.number(), high: z.number() })
  .readonly();
export type Estimate = z.infer<typeof estimateSchema>;

/** How good the rankings of a predictor are, on all test items. */
export const accuracySchema = z
  .object({
    items: z.int().positive(),
    /** Shares of items whose true next cell was among the best 1, 3 and 5. */
    top1: estimateSchema,
    top3: estimateSchema,
    top5: estimateSchema,
    /**
     * Metres from the centre of the best cell to that of the true one, to whole metres; null if no
     * item has both.
     */
    medianErrorM: estimateSchema.nullable(),
    meanErrorM: estimateSchema.nullable(),
    /** Items that the errors leave out: cell 0, which is no place, is the truth or the best cell. */
    itemsWithoutPlace: z.int().nonnegative(),
  })
  .readonly();
export type Accuracy = z.infer<typeof accuracySchema>;

/** By how much a model's top-1 is above a baseline's on the same items: a paired difference. */
export const leadSchema = z
  .object({
    top1: estimateSchema,
    /** The two intervals of top-1 don't meet, the model's is the higher, and that of the difference is above 0. */
    beats: z.boolean(),
  })
  .readonly();
export type Lead = z.infer<typeof leadSchema>;

/** The predictors that a network is held against, in the order of the card's table. */
export const baselineNames = ['firstOrderMarkov', 'secondOrderMarkov', 'keepsDirection'] as const;
export type BaselineName = (typeof baselineNames)[number];

const perBaseline = <T extends z.ZodType>(
  value: T,
): z.ZodReadonly<z.ZodObject<Record<BaselineName, T>>> =>
  z.object({ firstOrderMarkov: value, secondOrderMarkov: value, keepsDirection: value }).readonly();

/** The model's errors on some of the items. */
export const sliceSchema = z
  .object({
    name: z.string(),
    items: z.int().positive(),
    top1: estimateSchema,
    meanErrorM: z.number().nullable(),
  })
  .readonly();
export type Slice = z.infer<typeof sliceSchema>;

/** The model's errors by when, how far into a trip, and where. */
export const breakdownSchema = z
  .object({
    /** IANA name of the zone that hours are told in. */
    timeZone: z.string(),
    byHour: z.array(sliceSchema).readonly(),
    byPosition: z.array(sliceSchema).readonly(),
    /** Null where the city's areas are not known. `kind` is what such an area is called. */
    byArea: z
      .object({ kind: z.string(), slices: z.array(sliceSchema).readonly() })
      .readonly()
      .nullable(),
  })
  .readonly();
export type Breakdown = z.infer<typeof breakdownSchema>;

/** Whether the best cell's probability says how often it comes true. */
export const calibrationSchema = z
  .object({
    bins: z
      .array(
        z
          .object({
            /** Probabilities from … to; the upper end belongs to the next bin. */
            from: share,
            to: share,
            items: z.int().nonnegative(),
            /** Null in an empty bin. */
            meanProbability: z.number().nullable(),
            shareTrue: share.nullable(),
          })
          .readonly(),
      )
      .readonly(),
    /** Mean over the items of the distance between probability and share in their bins. */
    expectedError: share,
  })
  .readonly();
export type Calibration = z.infer<typeof calibrationSchema>;

/** All that a card says of how good a model is. */
export const evaluationSchema = z
  .object({
    /** Test items, and how many vehicles they are of. */
    items: z.int().positive(),
    vehicles: z.int().positive(),
    bootstrap: z.object({ replicates: z.int().positive(), seed: z.int() }).readonly(),
    accuracy: perBaseline(accuracySchema).unwrap().extend({ model: accuracySchema }).readonly(),
    leads: perBaseline(leadSchema),
    breakdown: breakdownSchema,
    calibration: calibrationSchema,
  })
  .readonly();
export type Evaluation = z.infer<typeof evaluationSchema>;
