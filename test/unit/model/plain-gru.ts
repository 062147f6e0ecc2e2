/** The weights of a GRU whose reset gate acts behind the product, as Keras keeps them. */
export interface ResetAfterWeights {
  /** `[features, 3 · units]`: update, reset, candidate */
  readonly kernel: Float32Array;
  /** `[units, 3 · units]` */
  readonly recurrent: Float32Array;
  /** `[2, 3 · units]`: of the input, of the state */
  readonly bias: Float32Array;
  readonly units: number;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** Entry `column` of a row vector times a matrix of 3 · units columns. */
function entry(
  vector: readonly number[],
  matrix: Float32Array,
  width: number,
  column: number,
): number {
  return vector.reduce((sum, x, row) => sum + x * (matrix[row * width + column] ?? NaN), 0);
}

/**
 * The states after each step of one item, by the cell's equations in double precision.
 * @see https://keras.io/api/layers/recurrent_layers/gru/ and `GRUCell.call` in Keras
 */
export function plainGru(
  inputs: readonly (readonly number[])[],
  { kernel, recurrent, bias, units }: ResetAfterWeights,
): number[][] {
  const width = 3 * units;
  const states: number[][] = [];
  let state = Array.from({ length: units }, () => 0);
  for (const input of inputs) {
    const before = state;
    state = before.map((h, unit) => {
      const ofInput = (gate: number): number =>
        entry(input, kernel, width, gate * units + unit) + (bias[gate * units + unit] ?? NaN);
      const ofState = (gate: number): number =>
        entry(before, recurrent, width, gate * units + unit) +
        (bias[width + gate * units + unit] ?? NaN);
      const update = sigmoid(ofInput(0) + ofState(0));
      const reset = sigmoid(ofInput(1) + ofState(1));
      const candidate = Math.tanh(ofInput(2) + reset * ofState(2));
      return update * h + (1 - update) * candidate;
    });
    states.push(state);
  }
  return states;
}
