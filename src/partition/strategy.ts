import type { LayerCost } from './layers.js';

/** A way to decide where a network's layers, in their order, are cut. */
export interface PartitionStrategy {
  /** As it stands in a plan. */
  readonly name: string;
  /**
   * Divides the layers into `stages` sub-models of one layer at least, in order.
   * @returns index of the first layer of the 2nd, 3rd, … sub-model: `stages − 1` increasing numbers
   * @throws {PartitionError} STAGES_INVALID, TOO_MANY_STAGES, CUTS_INVALID
   */
  cut(layers: readonly LayerCost[], stages: number): readonly number[];
}
