import { padToVector } from './vector.js';

/** Weights as Keras keeps them: three gates side by side in the order update, reset, candidate. */
export interface KerasGruWeights {
  /** `[features, 3 · units]` */
  readonly kernel: Float32Array;
  /** `[units, 3 · units]` */
  readonly recurrent: Float32Array;
  /** `[3 · units]` */
  readonly bias: Float32Array;
}

/** A row-major matrix. */
export interface Matrix {
  readonly data: Float32Array;
  readonly shape: readonly [rows: number, columns: number];
}

/**
 * Weights as TensorFlow's GRUBlockCell takes them, for `padded` units: reset and update gate
 * together, the candidate apart; the rows of the input stand above those of the state.
 */
export interface BlockCellWeights {
  /** Units and as many added ones as make whole vectors. Without weights these stay 0. */
  readonly padded: number;
  /** `[features + padded, 2 · padded]` */
  readonly gates: Matrix;
  /** `[features + padded, padded]` */
  readonly candidate: Matrix;
  /** `[1, 2 · padded]` */
  readonly gatesBias: Matrix;
  /** `[1, padded]` */
  readonly candidateBias: Matrix;
}

const kerasGates = { update: 0, reset: 1, candidate: 2 };

function zeroMatrix(rows: number, columns: number): Matrix {
  return { data: new Float32Array(rows * columns), shape: [rows, columns] };
}

/** Rearranges the weights of a GRU of `units` units that takes `features` values a step. */
export function blockCellWeights(
  keras: KerasGruWeights,
  { features, units }: { readonly features: number; readonly units: number },
): BlockCellWeights {
  const padded = padToVector(units);
  const copyGate = (
    source: Float32Array,
    gate: keyof typeof kerasGates,
    target: Matrix,
    place: { readonly row: number; readonly column: number },
  ): void => {
    for (let row = 0; row * 3 * units < source.length; row += 1) {
      const start = (row * 3 + kerasGates[gate]) * units;
      const to = (place.row + row) * target.shape[1] + place.column;
      target.data.set(source.subarray(start, start + units), to);
    }
  };
  const copyAll = (source: Float32Array, gates: Matrix, candidate: Matrix, row: number): void => {
    copyGate(source, 'reset', gates, { row, column: 0 });
    copyGate(source, 'update', gates, { row, column: padded });
    copyGate(source, 'candidate', candidate, { row, column: 0 });
  };
  const rows = features + padded;
  const [gates, candidate] = [zeroMatrix(rows, 2 * padded), zeroMatrix(rows, padded)];
  const [gatesBias, candidateBias] = [zeroMatrix(1, 2 * padded), zeroMatrix(1, padded)];
  copyAll(keras.kernel, gates, candidate, 0);
  copyAll(keras.recurrent, gates, candidate, features);
  copyAll(keras.bias, gatesBias, candidateBias, 0);
  return { padded, gates, candidate, gatesBias, candidateBias };
}
