import { costOf } from './layer.js';
import type { NativeLayerMaker } from './layer.js';

/** Nothing: dropout acts in training only. */
export const dropout: NativeLayerMaker = (definition) => ({
  route: 'native',
  cost: costOf(definition, definition.inputShape, { flops: 0, weightCount: 0 }),
  emit: (_, input) => input,
});
