import type { LayerRange } from '../../partition/cuts.js';
import { seededRandom } from '../training/random.js';

/**
 * The ranges that layers' times are made from: first each layer by itself, then the whole network,
 * then its even divisions into 2, 3, … up to `mostParts`.
 */
export function fittedRanges(layers: number, mostParts: number): LayerRange[] {
  const ranges = Array.from({ length: layers }, (_, from) => ({ from, to: from + 1 }));
  for (let parts = 1; parts <= Math.min(mostParts, layers - 1); parts += 1) {
    for (let part = 0; part < parts; part += 1) {
      ranges.push({
        from: Math.round((part * layers) / parts),
        to: Math.round(((part + 1) * layers) / parts),
      });
    }
  }
  return ranges;
}

/**
 * Ranges of two layers and a sixth of the network or more, at random but always the same, to judge
 * layers' times by.
 */
export function heldOutRanges(layers: number, count: number): LayerRange[] {
  if (layers < 2) return [];
  const random = seededRandom(layers, count);
  const least = Math.max(2, Math.ceil(layers / 6));
  return Array.from({ length: count }, () => {
    const from = random.below(layers - least + 1);
    return { from, to: from + least + random.below(layers - least - from + 1) };
  });
}
