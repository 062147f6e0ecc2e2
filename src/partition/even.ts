import { checkStages } from './cuts.js';
import type { PartitionStrategy } from './strategy.js';

/** Where {@link even} cuts. `stages` is a whole number from 1 to `layerCount`. */
export function evenCuts(layerCount: number, stages: number): number[] {
  return Array.from({ length: stages - 1 }, (_, index) =>
    Math.ceil(((index + 1) * layerCount) / stages),
  );
}

/**
 * The same number of layers for each sub-model, whatever they cost; the first ones get one more
 * where it doesn't come out even. It is what the earlier socket-based systems do.
 */
export const even: PartitionStrategy = {
  name: 'even',
  cut(layers, stages) {
    checkStages(stages, layers.length);
    return evenCuts(layers.length, stages);
  },
};
