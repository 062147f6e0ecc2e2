import { subModelRanges } from './cuts.js';
import { PartitionError } from './errors.js';
import type { PartitionStrategy } from './strategy.js';

/** Exactly the given cuts; they are checked against the network and the number of sub-models. */
export function manual(cuts: readonly number[]): PartitionStrategy {
  return {
    name: 'manual',
    cut(layers, stages) {
      if (cuts.length !== stages - 1) {
        throw new PartitionError(
          'CUTS_INVALID',
          `[${cuts.join(', ')}] makes ${cuts.length + 1} sub-models, but ${stages} are asked for.`,
        );
      }
      subModelRanges(cuts, layers.length);
      return [...cuts];
    },
  };
}
