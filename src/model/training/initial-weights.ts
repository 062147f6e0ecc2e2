import { parametersOf } from './parameters.js';
import { seededRandom } from './random.js';
import type { NetworkShape, ParameterSpec } from './parameters.js';
import type { Random } from './random.js';

/**
 * A random orthogonal matrix, row-major `[size, size]`: Gram–Schmidt over normal rows, which is
 * uniform over the orthogonal group.
 */
export function orthogonalMatrix(size: number, random: Random): Float32Array {
  const rows: Float64Array[] = [];
  for (let index = 0; index < size; index += 1) {
    const row = Float64Array.from({ length: size }, () => random.normal());
    // Twice, because one pass leaves the last rows of a large matrix visibly not orthogonal.
    for (let pass = 0; pass < 2; pass += 1) {
      for (const earlier of rows) {
        let product = 0;
        for (let i = 0; i < size; i += 1) product += (row[i] ?? 0) * (earlier[i] ?? 0);
        for (let i = 0; i < size; i += 1) row[i] = (row[i] ?? 0) - product * (earlier[i] ?? 0);
      }
    }
    const norm = Math.hypot(...row);
    rows.push(row.map((value) => value / norm));
  }
  const matrix = new Float32Array(size * size);
  rows.forEach((row, index) => matrix.set(row, index * size));
  return matrix;
}

/** Glorot's uniform range for a matrix between `inputs` and `outputs` units. */
function glorot(inputs: number, outputs: number, random: Random): () => number {
  const limit = Math.sqrt(6 / (inputs + outputs));
  return () => (2 * random.uniform() - 1) * limit;
}

/** Input rows: Glorot's over all three gates, as Keras has it. State rows: orthogonal per gate. */
function gruKernel(units: number, gates: number, random: Random): Float32Array {
  const columns = gates * units;
  const kernel = new Float32Array(2 * units * columns);
  const draw = glorot(units, 3 * units, random);
  for (let index = 0; index < units * columns; index += 1) kernel[index] = draw();
  for (let gate = 0; gate < gates; gate += 1) {
    const square = orthogonalMatrix(units, random);
    for (let row = 0; row < units; row += 1) {
      const from = square.subarray(row * units, (row + 1) * units);
      kernel.set(from, (units + row) * columns + gate * units);
    }
  }
  return kernel;
}

function initialValue({ name, shape }: ParameterSpec, random: Random): Float32Array {
  const [rows = 1, columns = 1] = shape;
  const length = rows * columns;
  if (name === 'embedding') return Float32Array.from({ length }, () => random.normal());
  if (name.endsWith('/gates')) return gruKernel(rows / 2, 2, random);
  if (name.endsWith('/candidate')) return gruKernel(rows / 2, 1, random);
  if (name.endsWith('/gamma')) return new Float32Array(length).fill(1);
  if (name === 'dense/kernel') return Float32Array.from({ length }, glorot(rows, columns, random));
  return new Float32Array(length);
}

/**
 * First values of a network's parameters. Embedding rows with standard deviation 1 and orthogonal
 * state kernels: with the usual smaller embedding seven GRUs on top of each other do not start to
 * learn (docs/decisions/0005-training-as-one-graph.md).
 */
export function initialWeights(shape: NetworkShape, seed: number): Map<string, Float32Array> {
  return new Map(
    parametersOf(shape).map((spec, index) => [
      spec.name,
      initialValue(spec, seededRandom(seed, index)),
    ]),
  );
}
