import { z } from 'zod';
import { outputOf } from '../graph/graph-builder.js';
import { float, zeros } from './emit.js';
import { pickGates, stackRows } from './gates.js';
import { resetAfterCell } from './gru-reset-after.js';
import { recurrentLayer, recurrentSchema, stepByStep, unpackSteps } from './recurrent.js';
import { padToVector } from './vector.js';
import type { NativeLayerMaker } from './layer.js';
import type { RecurrentCell, RecurrentWeights } from './recurrent.js';

const configSchema = recurrentSchema.extend({ reset_after: z.boolean().nullish() });

/**
 * Weights as GRUBlockCell takes them: reset and update gate together, the candidate apart; the rows
 * of the input stand above those of the state.
 */
function blockCellWeights({ kernel, recurrent, bias }: RecurrentWeights) {
  const padded = padToVector(recurrent.units);
  const rows = (gates: string[]) =>
    stackRows(pickGates(kernel, gates), pickGates(recurrent, gates, padded));
  return {
    gates: rows(['reset', 'update']),
    candidate: rows(['candidate']),
    gatesBias: pickGates(bias, ['reset', 'update']),
    candidateBias: pickGates(bias, ['candidate']),
  };
}

/**
 * One native GRUBlockCell a step.
 * @see https://www.tensorflow.org/api_docs/python/tf/raw_ops/GRUBlockCell
 */
function blockCell(name: string, steps: number): RecurrentCell {
  return {
    gates: ['update', 'reset', 'candidate'],
    biasRows: 1,
    operations: 10,
    emit(into, sequence, keras) {
      const { graph } = into;
      const padded = padToVector(keras.recurrent.units);
      const { gates, candidate, gatesBias, candidateBias } = blockCellWeights(keras);
      const weights = [
        graph.constant(gates.data, gates.shape, `${name}/w_ru`),
        graph.constant(candidate.data, candidate.shape, `${name}/w_c`),
        graph.constant(gatesBias.data, [2 * padded], `${name}/b_ru`),
        graph.constant(candidateBias.data, [padded], `${name}/b_c`),
      ];
      const inputs = unpackSteps(graph, sequence, steps);
      return stepByStep(graph, zeros(into, padded), inputs, (input, state) => {
        const options = { name: `${name}/cell`, attrs: float };
        return outputOf(graph.add('GRUBlockCell', [input, state, ...weights], options), 3);
      });
    },
  };
}

/** Either kind of GRU: the reset gate before the product with the state, or behind it. */
export const gru: NativeLayerMaker = (definition) => {
  const config = configSchema.parse(definition.config);
  const [steps = 0, features = 0] = definition.inputShape;
  const cell =
    config.reset_after === true
      ? resetAfterCell(definition.name, steps, features)
      : blockCell(definition.name, steps);
  return recurrentLayer(definition, config, cell);
};
