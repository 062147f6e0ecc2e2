import { seededRandom } from '../training/random.js';
import type { Estimate } from './figures.js';

/** A figure as a function of how often each vehicle counts, `[vehicles]`; NaN where it has no value. */
export type VehicleStatistic = (weights: ArrayLike<number>) => number;

/** Fleets drawn from the vehicles of a test set, of the same size, each vehicle any number of times. */
export interface Resamples {
  readonly vehicles: number;
  /** For each drawn fleet how often each vehicle is in it. */
  readonly weights: readonly Uint16Array[];
}

/** Share of the replicates that is left out at either end of an interval. */
const tail = 0.025;

/**
 * Draws fleets. The vehicles are drawn, and not the items: what one vehicle does in an hour is not
 * independent of what it did in the hour before.
 */
export function resampleVehicles(vehicles: number, replicates: number, seed: number): Resamples {
  const random = seededRandom(seed);
  const weights = Array.from({ length: replicates }, () => {
    const drawn = new Uint16Array(vehicles);
    for (let draw = 0; draw < vehicles; draw += 1) {
      const vehicle = random.below(vehicles);
      drawn[vehicle] = (drawn[vehicle] ?? 0) + 1;
    }
    return drawn;
  });
  return { vehicles, weights };
}

/**
 * The statistic of the vehicles as they are, and its 95 % interval: from the 2.5th to the 97.5th
 * percentile of its values on the drawn fleets. Fleets on which it has no value are passed over.
 *
 * @returns null where the vehicles as they are give no value
 * @see https://doi.org/10.1214/aos/1176344552 (Efron, Bootstrap Methods, Ann. Statist. 7, 1979)
 */
export function estimate(resamples: Resamples, statistic: VehicleStatistic): Estimate | null {
  const value = statistic(new Uint16Array(resamples.vehicles).fill(1));
  if (Number.isNaN(value)) return null;
  const values = Float64Array.from(resamples.weights, statistic)
    .filter((replicate) => !Number.isNaN(replicate))
    .sort();
  const skipped = Math.floor(tail * values.length);
  return {
    value,
    low: values[skipped] ?? value,
    high: values[values.length - 1 - skipped] ?? value,
  };
}

/** A sum over vehicles as a share of another one: `[vehicles]` numerators and denominators. */
export function ratio(
  numerators: ArrayLike<number>,
  denominators: ArrayLike<number>,
): VehicleStatistic {
  return (weights) => {
    let [numerator, denominator] = [0, 0];
    for (let vehicle = 0; vehicle < weights.length; vehicle += 1) {
      const weight = weights[vehicle] ?? 0;
      numerator += weight * (numerators[vehicle] ?? 0);
      denominator += weight * (denominators[vehicle] ?? 0);
    }
    return numerator / denominator;
  };
}
