import { z } from 'zod';
import { attr } from '../graph/attributes.js';
import { costOf } from './layer.js';
import { swapFirstTwo } from './emit.js';
import type { NativeLayerMaker } from './layer.js';

const configSchema = z.object({ input_dim: z.int().positive(), output_dim: z.int().positive() });

/** `[batch, steps] int32` ids → `[batch, steps, outputDim] float32`: the row of each id. */
export const embedding: NativeLayerMaker = (definition) => {
  const { input_dim: ids, output_dim: features } = configSchema.parse(definition.config);
  const { name, weights, inputShape } = definition;
  if (inputShape.length !== 1) return undefined;
  return {
    route: 'native',
    idCount: ids,
    cost: costOf(definition, [...inputShape, features], { flops: 0, weightCount: ids * features }),
    emit({ graph }, input) {
      const shape = [ids, features];
      const table = graph.constant(weights.values(`${name}/embeddings`, shape), shape, name);
      const stepsFirst = swapFirstTwo(graph, input.edge, 2, 'int32');
      const edge = graph.add('GatherV2', [table, stepsFirst, graph.integers(0)], {
        attrs: {
          Tparams: attr.type('float32'),
          Tindices: attr.type('int32'),
          Taxis: attr.type('int32'),
        },
      });
      return { edge, layout: 'steps' };
    },
  };
};
