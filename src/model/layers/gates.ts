import { padToVector } from './vector.js';

/** A row-major matrix. */
export interface Matrix {
  readonly data: Float32Array;
  readonly shape: readonly [rows: number, columns: number];
}

/** Weights of a recurrent layer as Keras keeps them: `[rows, gates · units]`, the gates side by side. */
export interface KerasGates {
  readonly data: Float32Array;
  /** In the order in which they stand. */
  readonly gates: readonly string[];
  readonly units: number;
}

/**
 * The named gates, side by side in the order asked for, each padded to whole vectors. Without
 * weights the added units stay 0: a state of 0 gives one of 0, whatever the gates say.
 *
 * @param rows of the result, the last ones filled with zeros; default: as many as there are
 */
export function pickGates(
  { data, gates, units }: KerasGates,
  wanted: readonly string[],
  rows = data.length / (gates.length * units),
): Matrix {
  const padded = padToVector(units);
  const width = wanted.length * padded;
  const picked = new Float32Array(rows * width);
  for (let row = 0; row * gates.length * units < data.length; row += 1) {
    wanted.forEach((gate, place) => {
      const start = (row * gates.length + gates.indexOf(gate)) * units;
      picked.set(data.subarray(start, start + units), row * width + place * padded);
    });
  }
  return { data: picked, shape: [rows, width] };
}

/** The rows of `upper` above those of `lower`. */
export function stackRows(upper: Matrix, lower: Matrix): Matrix {
  const data = new Float32Array(upper.data.length + lower.data.length);
  data.set(upper.data);
  data.set(lower.data, upper.data.length);
  return { data, shape: [upper.shape[0] + lower.shape[0], upper.shape[1]] };
}
