import { distanceM } from '../../../src/geo/distance.js';
import type { Outcome } from '../../../src/sink/lane-scorer.js';
import { smallCity } from '../geo/small-city-grid.js';
import { owedIn } from './owed.js';
import { lanes } from './plan.js';
import { failureOf, predictUncut } from './row-models.js';
import type { World } from './world.js';

/** An outcome by what is told of it: its error to a metre. */
export function nameOf({ rank, probability, errorM }: Outcome): string {
  return `${rank} ${probability} ${errorM === null ? 'none' : Math.round(errorM)}`;
}

/**
 * What may come of the predictions of a world, each as often as it may: by pairs of windows of a
 * vehicle of which the second is the first, moved on by one cell.
 */
export function possibleOutcomes(world: World): ReadonlyMap<string, number> {
  const possible = new Map<string, number>();
  for (const lane of lanes) {
    const last = new Map<string, readonly number[] | null>();
    for (const { owed } of owedIn(world, lane)) {
      if (owed.kind !== 'item') continue;
      const { vehicleId } = owed.fix;
      const { window, cell } = owed.item;
      const isWell = failureOf(window) === null;
      const before = last.get(vehicleId) ?? null;
      if (isWell && before !== null && window.slice(0, -1).join() === before.slice(1).join()) {
        const name = nameOf(outcomeOf(before, cell));
        possible.set(name, (possible.get(name) ?? 0) + 1);
      }
      last.set(vehicleId, isWell ? window : null);
    }
  }
  return possible;
}

function outcomeOf(window: readonly number[], entered: number): Outcome {
  const { cells, probabilities } = predictUncut(Int32Array.from(window), 1);
  const best = cells[0] ?? 0;
  const rank = cells.indexOf(entered);
  const probability = probabilities[0] ?? 0;
  if (best === 0 || entered === 0) return { rank, probability, errorM: null };
  const [from, to] = [smallCity.centreOf(best), smallCity.centreOf(entered)];
  const errorM = distanceM(from.latitude, from.longitude, to.latitude, to.longitude);
  return { rank, probability, errorM };
}
