import { attr } from '../graph/attributes.js';
import { outputOf } from '../graph/graph-builder.js';
import { layerNormEpsilon } from './parameters.js';
import type { Edge } from '../graph/graph-builder.js';
import type { Ops } from './ops.js';

/** A layer's forward pass, and how to go back through it. */
export interface Layer {
  /** `[steps · batch, units] float32`, time-major: all rows of step 1, then of step 2, … */
  readonly output: Edge;
  /** Takes the loss's gradient by the output, gives the one by the input. */
  backward(outputGradient: Edge): Edge;
}

/** What layers are made with: a parameter's value by name, and where its gradient goes. */
export interface Tape {
  readonly ops: Ops;
  value(name: string): Edge;
  gradient(name: string, edge: Edge): void;
}

/** One input of an embedding: whole numbers 0 … size − 1, and the table with a row for each. */
export interface EmbeddedInput {
  readonly table: string;
  readonly ids: Edge;
  readonly size: number;
}

/** The sum of each input's rows of its embedding table. Its gradient ends here. */
export function embedding(
  tape: Tape,
  first: EmbeddedInput,
  others: readonly EmbeddedInput[] = [],
): Layer {
  const { ops } = tape;
  const rowsOf = ({ table, ids }: EmbeddedInput): Edge => ops.gather(tape.value(table), ids);
  return {
    output: others.reduce((sum, input) => ops.add(sum, rowsOf(input)), rowsOf(first)),
    backward(outputGradient) {
      for (const { table, ids, size } of [first, ...others]) {
        tape.gradient(table, ops.scatterSum(outputGradient, ids, size));
      }
      return outputGradient;
    },
  };
}

/**
 * A GRU that gives its state after every step, computed by TensorFlow's block op. The gradients by
 * the weights are one matrix product over all steps, not one per step.
 * @see https://www.tensorflow.org/api_docs/python/tf/raw_ops/GRUBlockCell
 */
export function gru(tape: Tape, name: string, input: Edge, steps: number): Layer {
  const { ops } = tape;
  const names = ['gates', 'candidate', 'gates_bias', 'candidate_bias'].map(
    (part) => `${name}/${part}`,
  );
  const weights = names.map((weight) => tape.value(weight));
  const [gates = '', candidate = '', gatesBias = '', candidateBias = ''] = names;
  const attrs = { T: attr.type('float32') };
  const inputs = ops.split(input, steps);
  const zero = ops.zerosLike(inputs[0] ?? input);
  const cells: { x: Edge; before: Edge; node: Edge }[] = [];
  let state = zero;
  for (const x of inputs) {
    const node = ops.graph.add('GRUBlockCell', [x, state, ...weights], { attrs });
    cells.push({ x, before: state, node });
    state = outputOf(node, 3);
  }
  const over = (port: number): Edge =>
    ops.concat(
      cells.map(({ node }) => outputOf(node, port)),
      0,
    );
  return {
    output: over(3),
    backward(outputGradient) {
      const outputGradients = ops.split(outputGradient, steps);
      const backwards: Edge[] = [];
      let stateGradient: Edge | null = null;
      for (const [index, { x, before, node }] of [...cells.entries()].reverse()) {
        const own = outputGradients[index] ?? outputGradient;
        const total = stateGradient === null ? own : ops.add(own, stateGradient);
        const made = [outputOf(node, 0), outputOf(node, 1), outputOf(node, 2)];
        const back = ops.graph.add('GRUBlockCellGrad', [x, before, ...weights, ...made, total], {
          attrs,
        });
        backwards.unshift(back);
        stateGradient = outputOf(back, 1);
      }
      const gradientOver = (port: number): Edge =>
        ops.concat(
          backwards.map((back) => outputOf(back, port)),
          0,
        );
      const before = ops.concat(
        cells.map((cell) => cell.before),
        0,
      );
      const byCandidate = gradientOver(2);
      const byGates = gradientOver(3);
      const reset = ops.multiply(before, over(0));
      tape.gradient(gates, ops.matmul(ops.concat([input, before], 1), byGates, 'first'));
      tape.gradient(candidate, ops.matmul(ops.concat([input, reset], 1), byCandidate, 'first'));
      tape.gradient(gatesBias, ops.sumOfRows(byGates));
      tape.gradient(candidateBias, ops.sumOfRows(byCandidate));
      return gradientOver(0);
    },
  };
}

/**
 * Layer normalisation over each row.
 * @see https://arxiv.org/abs/1607.06450 equation 4; for the gradient, the chain rule through mean
 * and variance
 */
export function layerNorm(tape: Tape, name: string, input: Edge): Layer {
  const { ops } = tape;
  const gamma = tape.value(`${name}/gamma`);
  const centred = ops.subtract(input, ops.meanOfEachRow(input));
  const variance = ops.meanOfEachRow(ops.square(centred));
  const scale = ops.reciprocalSqrt(ops.add(variance, ops.graph.scalar(layerNormEpsilon)));
  const normalised = ops.multiply(centred, scale);
  return {
    output: ops.add(ops.multiply(normalised, gamma), tape.value(`${name}/beta`)),
    backward(outputGradient) {
      tape.gradient(`${name}/gamma`, ops.sumOfRows(ops.multiply(outputGradient, normalised)));
      tape.gradient(`${name}/beta`, ops.sumOfRows(outputGradient));
      const gradient = ops.multiply(outputGradient, gamma);
      const alongRow = ops.meanOfEachRow(ops.multiply(gradient, normalised));
      const away = ops.add(ops.meanOfEachRow(gradient), ops.multiply(normalised, alongRow));
      return ops.multiply(scale, ops.subtract(gradient, away));
    },
  };
}

/**
 * Inverted dropout: `rate` of the activations become 0, the others grow by `1 / (1 − rate)`.
 *
 * @param seed int32 `[2]`; the same seed drops the same activations
 */
export function dropout({ ops }: Tape, input: Edge, rate: number, seed: Edge): Layer {
  const kept = ops.atLeast(ops.uniformLike(input, seed), ops.graph.scalar(rate));
  const mask = ops.multiply(kept, ops.graph.scalar(1 / (1 - rate)));
  return {
    output: ops.multiply(input, mask),
    backward: (outputGradient) => ops.multiply(outputGradient, mask),
  };
}

/** What the network is to say. */
export interface Truth {
  /** `[steps · batch] int32`: the true next cells. */
  readonly targets: Edge;
  /** `[steps · batch] float32`: how much each row counts. */
  readonly weights: Edge;
  readonly cells: number;
  /** The share of the probability that is wanted spread evenly over all cells, 0 … 1. */
  readonly labelSmoothing: number;
}

/** Rows' losses, and from output 1 their gradients by the logits. */
function softmaxLoss({ ops }: Tape, logits: Edge, truth: Truth): Edge {
  const { targets, cells, labelSmoothing } = truth;
  const float = attr.type('float32');
  if (labelSmoothing === 0) {
    return ops.graph.add('SparseSoftmaxCrossEntropyWithLogits', [logits, targets], {
      attrs: { T: float, Tlabels: attr.type('int32') },
    });
  }
  const elsewhere = labelSmoothing / cells;
  const labels = ops.oneHot(targets, cells, 1 - labelSmoothing + elsewhere, elsewhere);
  return ops.graph.add('SoftmaxCrossEntropyWithLogits', [logits, labels], { attrs: { T: float } });
}

/**
 * The dense layer over the cells, softmax, and cross-entropy against the true next cells.
 *
 * @returns the weighted sum of the rows' losses, and the way back from it
 * @see https://arxiv.org/abs/1512.00567 section 7 (label smoothing)
 */
export function crossEntropy(
  tape: Tape,
  input: Edge,
  truth: Truth,
): { readonly loss: Edge; backward(): Edge } {
  const { ops } = tape;
  const { weights } = truth;
  const kernel = tape.value('dense/kernel');
  const logits = ops.biasAdd(ops.matmul(input, kernel), tape.value('dense/bias'));
  const node = softmaxLoss(tape, logits, truth);
  return {
    loss: ops.sumOfRows(ops.multiply(node, weights)),
    backward() {
      // The rows' weights are put to the small factor of each product, not to all logits.
      const byLogits = outputOf(node, 1);
      const column = ops.column(weights);
      tape.gradient('dense/kernel', ops.matmul(ops.multiply(input, column), byLogits, 'first'));
      tape.gradient('dense/bias', ops.flat(ops.matmul(column, byLogits, 'first')));
      return ops.multiply(ops.matmul(byLogits, kernel, 'second'), column);
    },
  };
}
