import { PartitionError } from './errors.js';

/** The layers of one sub-model: from the first up to, and without, `to`. */
export interface LayerRange {
  readonly from: number;
  readonly to: number;
}

/**
 * The sub-models that cuts make, in order.
 * @param cuts index of the first layer of the 2nd, 3rd, … sub-model
 * @throws {PartitionError} CUTS_INVALID
 * @example subModelRanges([7, 14], 21) // [0, 7), [7, 14), [14, 21)
 */
export function subModelRanges(cuts: readonly number[], layerCount: number): LayerRange[] {
  checkCuts(cuts, layerCount);
  const borders = [0, ...cuts, layerCount];
  return borders.slice(1).map((to, index) => ({ from: borders[index] ?? 0, to }));
}

/**
 * Passes if a network of `layerCount` layers can be cut into `stages` sub-models.
 * @throws {PartitionError} STAGES_INVALID, TOO_MANY_STAGES
 */
export function checkStages(stages: number, layerCount: number): void {
  if (!Number.isInteger(stages) || stages < 1) {
    throw new PartitionError(
      'STAGES_INVALID',
      `${stages} sub-models asked for; a whole number from 1 to ${layerCount} is expected.`,
    );
  }
  if (stages > layerCount) {
    throw new PartitionError(
      'TOO_MANY_STAGES',
      `${stages} sub-models asked for, but the network has only ${layerCount} layers, ` +
        `and a sub-model has one at least: ask for ${layerCount} or fewer.`,
    );
  }
}

function checkCuts(cuts: readonly number[], layerCount: number): void {
  checkStages(cuts.length + 1, layerCount);
  cuts.forEach((cut, index) => {
    const before = cuts[index - 1] ?? 0;
    if (!Number.isInteger(cut) || cut <= before || cut >= layerCount) {
      throw new PartitionError(
        'CUTS_INVALID',
        `Cut ${index + 1} of [${cuts.join(', ')}] is ${cut}; cuts are whole numbers that increase ` +
          `and lie between 1 and ${layerCount - 1}: each is the index of a sub-model's first layer.`,
      );
    }
  });
}
