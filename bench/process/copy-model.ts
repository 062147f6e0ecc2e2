import type { RowModel } from '../../src/stage/stage-logic.js';

/** Name of the tensor that {@link copyModel} takes and gives. */
export const copiedTensor = 'activations';

/**
 * A sub-model that computes nothing: what a stage does around it is all that is left.
 *
 * @param itemShape of its only input and output, such as `[20, 128]`
 */
export function copyModel(itemShape: readonly number[]): RowModel {
  const spec = { name: copiedTensor, dtype: 'float32' as const, itemShape };
  return { inputs: [spec], outputs: [spec], keeps: [], run: (inputs) => inputs };
}
