/** One observation: what was measured, and how much of each unknown is in it. */
export interface Equation {
  /** As many as unknowns. */
  readonly coefficients: readonly number[];
  readonly value: number;
  /** The error that counts as one; above 0. */
  readonly scale: number;
}

const rounds = 20_000;
/** The largest change of a round after which there is nothing to gain, as a share of the largest unknown. */
const settled = 1e-9;

/**
 * The unknowns, none of them below 0, for which the sum of the equations' squared errors, each by
 * its scale, is smallest.
 *
 * Coordinate descent on the normal equations, which finds the minimum of this convex problem. An
 * unknown that no equation has is 0.
 *
 * @see Franc, Hlaváč, Navara, Sequential coordinate-wise algorithm for the non-negative least
 * squares problem, CAIP 2005
 */
export function nonNegativeLeastSquares(equations: readonly Equation[]): number[] {
  const unknowns = equations[0]?.coefficients.length ?? 0;
  const rows = equations.map(({ coefficients, scale }) => coefficients.map((one) => one / scale));
  const values = equations.map(({ value, scale }) => value / scale);
  const product = (a: number, b: number): number =>
    rows.reduce((sum, row) => sum + (row[a] ?? 0) * (row[b] ?? 0), 0);
  const indices = Array.from({ length: unknowns }, (_, index) => index);
  const scales = indices.map((index) => Math.sqrt(product(index, index)));
  const scaleOf = (index: number): number => scales[index] ?? 0;
  // Scaled, so that unknowns of different units settle together.
  const normal = indices.map((a) =>
    indices.map((b) => product(a, b) / (scaleOf(a) * scaleOf(b) || 1)),
  );
  const gradient = indices.map(
    (index) =>
      -rows.reduce((sum, row, at) => sum + (row[index] ?? 0) * (values[at] ?? 0), 0) /
      (scaleOf(index) || 1),
  );
  const solution = indices.map(() => 0);
  for (let round = 0; round < rounds; round += 1) {
    if (descend(normal, gradient, solution) <= settled * Math.max(...solution)) break;
  }
  return solution.map((value, index) => (scaleOf(index) === 0 ? 0 : value / scaleOf(index)));
}

/** Moves each unknown to its best place, the others as they are. @returns the largest change */
function descend(
  normal: readonly (readonly number[])[],
  gradient: number[],
  solution: number[],
): number {
  let largest = 0;
  for (const [index, row] of normal.entries()) {
    const curvature = row[index] ?? 0;
    if (curvature === 0) continue;
    const before = solution[index] ?? 0;
    const after = Math.max(0, before - (gradient[index] ?? 0) / curvature);
    const change = after - before;
    if (change === 0) continue;
    solution[index] = after;
    for (const [other, factor] of row.entries()) {
      gradient[other] = (gradient[other] ?? 0) + factor * change;
    }
    largest = Math.max(largest, Math.abs(change));
  }
  return largest;
}
