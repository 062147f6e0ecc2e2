import { attr } from '../graph/attributes.js';
import { outputOf } from '../graph/graph-builder.js';
import { float, zeros } from './emit.js';
import { pickGates, stackRows } from './gates.js';
import { recurrentLayer, recurrentSchema, unpackSteps } from './recurrent.js';
import { padToVector } from './vector.js';
import type { NativeLayerMaker } from './layer.js';
import type { RecurrentCell } from './recurrent.js';

/** Keras' order, and that of the second version of TensorFlow's op. */
const gates = ['input', 'forget', 'candidate', 'output'];

/** One native op for all steps. */
function blockLstm(name: string, steps: number): RecurrentCell {
  return {
    gates,
    biasRows: 1,
    operations: 12,
    emit(into, sequence, { kernel, recurrent, bias }) {
      const { graph } = into;
      const padded = padToVector(recurrent.units);
      const weights = stackRows(pickGates(kernel, gates), pickGates(recurrent, gates, padded));
      const biases = pickGates(bias, gates).data;
      const zeroState = zeros(into, padded);
      const noPeephole = graph.constant(new Float32Array(padded), [padded], `${name}/peephole`);
      const lstm = graph.add(
        'BlockLSTMV2',
        [
          graph.constant(BigInt64Array.of(BigInt(steps)), [], `${name}/steps`),
          sequence,
          zeroState,
          zeroState,
          graph.constant(weights.data, weights.shape, `${name}/w`),
          noPeephole,
          noPeephole,
          noPeephole,
          graph.constant(biases, [4 * padded], `${name}/b`),
        ],
        {
          name,
          attrs: {
            ...float,
            cell_clip: attr.float(0),
            use_peephole: attr.bool(false),
          },
        },
      );
      const states = outputOf(lstm, 6);
      return {
        all: () => states,
        last: () => unpackSteps(graph, states, steps).at(-1) ?? states,
      };
    },
  };
}

/**
 * Long short-term memory, by TensorFlow's block op.
 * @see https://www.tensorflow.org/api_docs/python/tf/raw_ops/BlockLSTMV2
 */
export const lstm: NativeLayerMaker = (definition) => {
  const config = recurrentSchema.parse(definition.config);
  const [steps = 0] = definition.inputShape;
  return recurrentLayer(definition, config, blockLstm(definition.name, steps));
};
