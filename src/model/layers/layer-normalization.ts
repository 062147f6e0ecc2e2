import { z } from 'zod';
import { attr } from '../graph/attributes.js';
import { sizeOf } from '../tensor.js';
import { floatOp } from './emit.js';
import { costOf } from './layer.js';
import type { Edge, GraphBuilder } from '../graph/graph-builder.js';
import type { NativeLayerMaker } from './layer.js';

const configSchema = z.object({
  axis: z.union([z.int(), z.array(z.int())]).default(-1),
  epsilon: z.number().nonnegative().default(1e-3),
  center: z.boolean().default(true),
  scale: z.boolean().default(true),
});

function meanOfFeatures(graph: GraphBuilder, edge: Edge): Edge {
  return graph.add('Mean', [edge, graph.integers([-1])], {
    attrs: { T: attr.type('float32'), Tidx: attr.type('int32'), keep_dims: attr.bool(true) },
  });
}

/**
 * Normalises over the features, which come last; any shape.
 * @see https://arxiv.org/abs/1607.06450 equation 3
 */
export const layerNormalization: NativeLayerMaker = (definition) => {
  const config = configSchema.parse(definition.config);
  const { name, weights, inputShape } = definition;
  const axes = [config.axis].flat();
  const features = inputShape.at(-1) ?? 0;
  if (axes.length !== 1 || (axes[0] !== -1 && axes[0] !== inputShape.length)) return undefined;
  const weightCount = features * (Number(config.center) + Number(config.scale));
  return {
    route: 'native',
    cost: costOf(definition, inputShape, { flops: 8 * sizeOf(inputShape), weightCount }),
    emit({ graph }, { edge, layout }) {
      const centred = floatOp(graph, 'Sub', edge, meanOfFeatures(graph, edge));
      const variance = meanOfFeatures(graph, floatOp(graph, 'Square', centred));
      const epsilon = graph.scalar(config.epsilon);
      let factor = floatOp(graph, 'Rsqrt', floatOp(graph, 'AddV2', variance, epsilon));
      if (config.scale) {
        const gamma = graph.constant(weights.values(`${name}/gamma`, [features]), [features]);
        // In this order: TensorFlow's optimiser turns (x · factor) · gamma into x · (factor · gamma)
        // where it knows the shapes, and so gave other bits before a cut than without one.
        factor = floatOp(graph, 'Mul', factor, gamma);
      }
      let output = floatOp(graph, 'Mul', centred, factor);
      if (config.center) {
        const beta = graph.constant(weights.values(`${name}/beta`, [features]), [features]);
        output = floatOp(graph, 'AddV2', output, beta);
      }
      return { edge: output, layout };
    },
  };
};
