import { attr } from '../graph/attributes.js';
import { outputOf } from '../graph/graph-builder.js';
import { floatOp, product, zeros } from './emit.js';
import { pickGates } from './gates.js';
import { stepByStep, unpackSteps } from './recurrent.js';
import { padToVector } from './vector.js';
import type { Edge } from '../graph/graph-builder.js';
import type { Emission } from './layer.js';
import type { RecurrentCell, RecurrentWeights } from './recurrent.js';

/** Where the nodes of a layer go, and what they are called after. */
interface Place {
  readonly into: Emission;
  readonly name: string;
  readonly weights: RecurrentWeights;
}

/** Some of the gates, without their activation: what the input gives for each step, and the state's part. */
interface Part {
  readonly inputs: readonly Edge[];
  ofState(state: Edge): Edge;
}

/**
 * The product with the input is taken of all steps at once, that with the state in each step. Each
 * has a bias of its own.
 */
function partOf(
  { into: { graph }, name, weights }: Place,
  gates: readonly string[],
  sequence: { readonly flat: Edge; readonly steps: number },
): Part {
  const padded = padToVector(weights.recurrent.units);
  const width = gates.length * padded;
  const label = `${name}/${gates.join('_')}`;
  const biases = pickGates(weights.bias, gates).data;
  const [inputBias, stateBias] = [biases.subarray(0, width), biases.subarray(width)].map((bias) =>
    graph.constant(bias, [width], `${label}/bias`),
  );
  const withBias = (edge: Edge, bias: Edge | undefined): Edge =>
    bias === undefined ? edge : floatOp(graph, 'BiasAdd', edge, bias);
  const kernel = pickGates(weights.kernel, gates);
  const recurrent = pickGates(weights.recurrent, gates, padded);
  const recurrentEdge = graph.constant(recurrent.data, recurrent.shape, `${label}/recurrent`);
  const all = withBias(
    product(graph, sequence.flat, graph.constant(kernel.data, kernel.shape, `${label}/kernel`)),
    inputBias,
  );
  const stepsFirst = graph.add('Reshape', [all, graph.integers([sequence.steps, -1, width])], {
    attrs: { T: attr.type('float32'), Tshape: attr.type('int32') },
  });
  return {
    inputs: unpackSteps(graph, stepsFirst, sequence.steps),
    ofState: (state) => withBias(product(graph, state, recurrentEdge), stateBias),
  };
}

/**
 * The GRU whose reset gate acts behind the product with the state, which is Keras' default. There is
 * no one op for it, so it is put together of small ones.
 * @see https://arxiv.org/abs/1406.1078v1 equations 5 to 8, and footnote 1 of v3 for the difference
 */
export function resetAfterCell(name: string, steps: number, features: number): RecurrentCell {
  return {
    gates: ['update', 'reset', 'candidate'],
    biasRows: 2,
    operations: 13,
    emit(into, edge, weights) {
      const { graph } = into;
      const flat = graph.add('Reshape', [edge, graph.integers([-1, features])], {
        attrs: { T: attr.type('float32'), Tshape: attr.type('int32') },
      });
      const place = { into, name, weights };
      const gatesPart = partOf(place, ['update', 'reset'], { flat, steps });
      const candidatePart = partOf(place, ['candidate'], { flat, steps });
      const axis = graph.integers(1);
      const initial = zeros(into, padToVector(weights.recurrent.units));
      const inputs = gatesPart.inputs.map((gates, step) => ({
        gates,
        candidate: candidatePart.inputs[step] ?? gates,
      }));
      return stepByStep(graph, initial, inputs, (input, state) => {
        const both = floatOp(graph, 'AddV2', input.gates, gatesPart.ofState(state));
        const update = graph.add('Split', [axis, floatOp(graph, 'Sigmoid', both)], {
          attrs: { T: attr.type('float32'), num_split: attr.int(2) },
        });
        const reset = outputOf(update, 1);
        const kept = floatOp(graph, 'Mul', reset, candidatePart.ofState(state));
        const candidate = floatOp(graph, 'Tanh', floatOp(graph, 'AddV2', input.candidate, kept));
        const change = floatOp(graph, 'Mul', update, floatOp(graph, 'Sub', state, candidate));
        return floatOp(graph, 'AddV2', candidate, change);
      });
    },
  };
}
