import { nonNegativeLeastSquares } from './least-squares.js';
import { fitErrorOf } from './measured.js';
import type { FitError, HopCost } from './profile.js';

/** What a stage without a model was measured to take for records of one size. */
export interface HopTime {
  /** Items in a record. */
  readonly items: number;
  /** As fetched. */
  readonly inputBytes: number;
  /** As sent. */
  readonly outputBytes: number;
  /** Processor time for one record. */
  readonly recordMs: number;
}

/**
 * What makes up the time of a record: a part for each record, for each item, for each byte in and
 * each byte out. Records of different sizes are needed, with inputs and outputs of different lengths.
 */
export function fitHop(times: readonly HopTime[]): Omit<HopCost, 'encoding'> {
  const nsPerMs = 1e6;
  const [recordMs = 0, itemMs = 0, decodeNsPerByte = 0, encodeNsPerByte = 0] =
    nonNegativeLeastSquares(
      times.map(({ items, inputBytes, outputBytes, recordMs: value }) => ({
        coefficients: [1, items, inputBytes / nsPerMs, outputBytes / nsPerMs],
        value,
        scale: value,
      })),
    );
  return { recordMs, itemMs, decodeNsPerByte, encodeNsPerByte };
}

/** What a record takes by the fit. Milliseconds. */
export function hopMs(
  cost: Omit<HopCost, 'encoding'>,
  { items, inputBytes, outputBytes }: Omit<HopTime, 'recordMs'>,
): number {
  const bytesNs = cost.decodeNsPerByte * inputBytes + cost.encodeNsPerByte * outputBytes;
  return cost.recordMs + cost.itemMs * items + bytesNs / 1e6;
}

/** How far a fit is from the records that it was made from. */
export function hopErrorOf(cost: Omit<HopCost, 'encoding'>, times: readonly HopTime[]): FitError {
  return fitErrorOf(times.map((time) => ({ found: time.recordMs, said: hopMs(cost, time) })));
}
