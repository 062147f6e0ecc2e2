import type { VehicleStatistic } from './bootstrap.js';
import type { ItemVehicles } from './vehicles.js';

/**
 * The median of the items' values, to whole numbers: the smallest value that at least half of the
 * items don't exceed. Items with NaN are left out.
 *
 * The values are sorted once; a drawn fleet then costs a binary search, each step of which sums the
 * vehicles' counts up to a value.
 *
 * @param values `[items]`
 */
export function medianStatistic(values: Float64Array, vehicles: ItemVehicles): VehicleStatistic {
  const rounded = values.map((value) => Math.round(value));
  const distinct = Float64Array.from(new Set(rounded.filter((v) => !Number.isNaN(v)))).sort();
  const rankOf = new Map(Array.from(distinct, (value, rank) => [value, rank]));
  // upTo[rank * vehicles + v]: how many items of vehicle v are at this value or below.
  const upTo = new Int32Array(distinct.length * vehicles.count);
  rounded.forEach((value, item) => {
    const rank = rankOf.get(value);
    if (rank === undefined) return;
    const at = rank * vehicles.count + (vehicles.ofItem[item] ?? 0);
    upTo[at] = (upTo[at] ?? 0) + 1;
  });
  for (let at = vehicles.count; at < upTo.length; at += 1) {
    upTo[at] = (upTo[at] ?? 0) + (upTo[at - vehicles.count] ?? 0);
  }
  const countUpTo = (rank: number, weights: ArrayLike<number>): number => {
    let count = 0;
    for (let vehicle = 0; vehicle < vehicles.count; vehicle += 1) {
      count += (weights[vehicle] ?? 0) * (upTo[rank * vehicles.count + vehicle] ?? 0);
    }
    return count;
  };
  return (weights) => {
    const total = distinct.length === 0 ? 0 : countUpTo(distinct.length - 1, weights);
    if (total === 0) return NaN;
    let [low, high] = [0, distinct.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (2 * countUpTo(middle, weights) >= total) high = middle;
      else low = middle + 1;
    }
    return distinct[low] ?? NaN;
  };
}
