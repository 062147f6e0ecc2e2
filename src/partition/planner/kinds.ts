import type { Place, WorkerResources } from './places.js';

/** Places that a plan need not tell apart. */
export interface Kind extends WorkerResources {
  readonly places: readonly Place[];
}

/**
 * The search counts places by kind, and its effort grows with the subsets of kinds; with this many
 * `npm run bench -- planner` stays below a second.
 */
export const maxKinds = 6;

const quantities = [
  'speed',
  'coreSpeed',
  'memoryBytes',
  'uploadBytesPerS',
  'downloadBytesPerS',
  'roundTripMs',
] as const satisfies readonly (keyof WorkerResources)[];

/** Groups places with equal resources, the fastest first. */
export function kindsOf(places: readonly Place[]): Kind[] {
  const byResources = new Map<string, Place[]>();
  for (const place of places) {
    const key = quantities.map((quantity) => place[quantity]).join(' ');
    byResources.set(key, [...(byResources.get(key) ?? []), place]);
  }
  const kinds = [...byResources.values()].flatMap((alike) => {
    const [first] = alike;
    return first === undefined ? [] : [{ ...resourcesOf(first), places: alike }];
  });
  return kinds.sort((a, b) => b.speed - a.speed);
}

/**
 * As many kinds as given at most: the most similar ones become one, which has the least of what
 * either has. A plan for them is possible with the real ones, though perhaps not their best.
 */
export function mergedKinds(kinds: readonly Kind[], count: number): Kind[] {
  const merged = [...kinds];
  while (merged.length > count) {
    let closest: { distance: number; first: Kind; second: Kind } | undefined;
    for (const [index, first] of merged.entries()) {
      for (const second of merged.slice(index + 1)) {
        const distance = distanceBetween(first, second);
        if (closest === undefined || distance < closest.distance) {
          closest = { distance, first, second };
        }
      }
    }
    if (closest === undefined) break;
    const { first, second } = closest;
    merged.splice(merged.indexOf(second), 1);
    merged[merged.indexOf(first)] = worseOf(first, second);
  }
  return merged;
}

function resourcesOf(worker: WorkerResources): WorkerResources {
  const { speed, coreSpeed, memoryBytes, ...link } = worker;
  const { uploadBytesPerS, downloadBytesPerS, roundTripMs } = link;
  return { speed, coreSpeed, memoryBytes, uploadBytesPerS, downloadBytesPerS, roundTripMs };
}

function worseOf(first: Kind, second: Kind): Kind {
  return {
    speed: Math.min(first.speed, second.speed),
    coreSpeed: Math.min(first.coreSpeed, second.coreSpeed),
    memoryBytes: Math.min(first.memoryBytes, second.memoryBytes),
    uploadBytesPerS: Math.min(first.uploadBytesPerS, second.uploadBytesPerS),
    downloadBytesPerS: Math.min(first.downloadBytesPerS, second.downloadBytesPerS),
    roundTripMs: Math.max(first.roundTripMs, second.roundTripMs),
    places: [...first.places, ...second.places],
  };
}

/** Of the ratios of what they have; speed counts most, as it is what plans are mostly bound by. */
function distanceBetween(first: Kind, second: Kind): number {
  return quantities.reduce((sum, quantity) => {
    const ratio = Math.abs(Math.log((first[quantity] + 1e-9) / (second[quantity] + 1e-9)));
    return sum + (quantity === 'speed' ? 10 : 1) * ratio;
  }, 0);
}
