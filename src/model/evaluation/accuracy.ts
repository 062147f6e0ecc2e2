import { rankingDepth } from '../training/hits.js';
import { estimate, ratio } from './bootstrap.js';
import { errorsM, placesOfTruths } from './judged.js';
import { medianStatistic } from './median.js';
import type { Resamples } from './bootstrap.js';
import type { Accuracy, Estimate, Lead } from './figures.js';
import type { Judged } from './judged.js';
import type { CellPlaces } from './places.js';
import type { ItemVehicles } from './vehicles.js';

/** What intervals are made from: whose the items are, and the fleets drawn from these vehicles. */
export interface Sampling {
  readonly vehicles: ItemVehicles;
  readonly resamples: Resamples;
}

/** Sums, for each vehicle, over those of its items where `valueOf` is a number. */
export function perVehicle(
  { count, ofItem }: ItemVehicles,
  valueOf: (item: number) => number,
): { readonly sums: Float64Array; readonly counts: Float64Array } {
  const [sums, counts] = [new Float64Array(count), new Float64Array(count)];
  ofItem.forEach((vehicle, item) => {
    const value = valueOf(item);
    if (Number.isNaN(value)) return;
    sums[vehicle] = (sums[vehicle] ?? 0) + value;
    counts[vehicle] = (counts[vehicle] ?? 0) + 1;
  });
  return { sums, counts };
}

/**
 * The mean of the items' values; items with NaN are left out.
 * @returns null if all are
 */
export function meanEstimate(
  { vehicles, resamples }: Sampling,
  valueOf: (item: number) => number,
): Estimate | null {
  const { sums, counts } = perVehicle(vehicles, valueOf);
  return estimate(resamples, ratio(sums, counts));
}

function shareEstimate(sampling: Sampling, isHit: (item: number) => boolean): Estimate {
  const found = meanEstimate(sampling, (item) => Number(isHit(item)));
  return found ?? { value: 0, low: 0, high: 1 };
}

/** Hit rates and errors of a predictor, with intervals. */
export function accuracyOf(judged: Judged, places: CellPlaces, sampling: Sampling): Accuracy {
  const placeOf = placesOfTruths(judged);
  const errors = errorsM(judged, places);
  const top = (depth: number): Estimate =>
    shareEstimate(sampling, (item) => (placeOf[item] ?? rankingDepth) < depth);
  return {
    items: errors.length,
    top1: top(1),
    top3: top(3),
    top5: top(5),
    medianErrorM: estimate(sampling.resamples, medianStatistic(errors, sampling.vehicles)),
    meanErrorM: meanEstimate(sampling, (item) => errors[item] ?? NaN),
    itemsWithoutPlace: errors.filter((error) => Number.isNaN(error)).length,
  };
}

/** By how much a model's top-1 is above a baseline's, with the interval of the difference. */
export function leadOver(
  model: { readonly judged: Judged; readonly accuracy: Accuracy },
  baseline: { readonly judged: Judged; readonly accuracy: Accuracy },
  sampling: Sampling,
): Lead {
  const [ours, theirs] = [placesOfTruths(model.judged), placesOfTruths(baseline.judged)];
  const hit = (place: number | undefined): number => Number(place === 0);
  const top1 = meanEstimate(sampling, (item) => hit(ours[item]) - hit(theirs[item]));
  const difference = top1 ?? { value: 0, low: -1, high: 1 };
  const apart = model.accuracy.top1.low > baseline.accuracy.top1.high;
  // The interval of one vehicle has no width, and says nothing of others.
  const beats = sampling.vehicles.count > 1 && apart && difference.low > 0;
  return { top1: difference, beats };
}
