import { checkStages } from './cuts.js';
import type { PartitionStrategy } from './strategy.js';

/**
 * The same number of layers for each sub-model, whatever they cost; the first ones get one more
 * where it doesn't come out even. It is what the earlier socket-based systems do.
 */
export const even: PartitionStrategy = {
  name: 'even',
  cut(layers, stages) {
    checkStages(stages, layers.length);
    return Array.from({ length: stages - 1 }, (_, index) =>
      Math.ceil(((index + 1) * layers.length) / stages),
    );
  },
};
