import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { wilsonInterval, type ShareInterval } from './share-interval.js';

/** A model's card, in its folder beside the model's files. */
export const cardPath = 'card.json';

/** How good a model was in its test, by its card of either version. */
export interface CardAccuracy {
  readonly top1: ShareInterval;
  /** Shares, 0 … 1. */
  readonly top3: number;
  readonly top5: number;
  /** Null where the card doesn't tell it. */
  readonly medianErrorM: number | null;
  /** Mean difference of probability and share that came true, 0 … 1; null where it isn't told. */
  readonly calibrationError: number | null;
}

const share = z.number().min(0).max(1);
const interval = z.object({ value: share, low: share, high: share });
const eitherShare = z.union([share, interval]);
const card = z.object({
  digest: z.string(),
  accuracy: z.object({
    model: z.object({
      top1: eitherShare,
      top3: eitherShare,
      top5: eitherShare,
      items: z.int().positive(),
      medianErrorM: z.object({ value: z.number().nonnegative() }).nullish(),
    }),
  }),
  calibration: z.object({ expectedError: share }).optional(),
});

/**
 * What a card says of a model's accuracy. A card whose top-1 has no interval gets Wilson's, of the
 * items that it was tested on.
 *
 * @param digest of the model
 * @returns null where it is no card, or another model's
 */
export function cardAccuracy(bytes: Buffer, digest: string): CardAccuracy | null {
  const parsed = card.safeParse(jsonOf(bytes));
  if (!parsed.success || parsed.data.digest !== digest) return null;
  const { accuracy, calibration } = parsed.data;
  const { top1, top3, top5, items, medianErrorM } = accuracy.model;
  return {
    top1:
      typeof top1 === 'number'
        ? wilsonInterval(top1 * items, items)
        : { share: top1.value, low: top1.low, high: top1.high },
    top3: valueOf(top3),
    top5: valueOf(top5),
    medianErrorM: medianErrorM?.value ?? null,
    calibrationError: calibration?.expectedError ?? null,
  };
}

/** The card in a model's folder; null where there is none. */
export async function loadModelCard(folder: string): Promise<Buffer | null> {
  if (!(await readdir(folder)).includes(cardPath)) return null;
  return readFile(join(folder, cardPath));
}

function valueOf(figure: number | { readonly value: number }): number {
  return typeof figure === 'number' ? figure : figure.value;
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
}
