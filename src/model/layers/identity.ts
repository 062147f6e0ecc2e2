import { costOf } from './layer.js';
import type { IdentityLayer, LayerDefinition } from './layer.js';

/** Classes of layers that act in training only. */
export const identityClasses: ReadonlySet<string> = new Set([
  ...['Dropout', 'SpatialDropout1D', 'SpatialDropout2D', 'SpatialDropout3D', 'AlphaDropout'],
  ...['GaussianDropout', 'GaussianNoise', 'ActivityRegularization'],
]);

/** A layer that gives what it takes. */
export function identityLayer(definition: LayerDefinition): IdentityLayer {
  return {
    route: 'identity',
    cost: costOf(definition, definition.inputShape, { flops: 0, weightCount: 0 }),
  };
}
