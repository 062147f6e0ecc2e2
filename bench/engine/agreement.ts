import { compileSubModel } from '../../src/model/engine/sub-model.js';
import type { ModelFiles } from '../../src/model/model-files.js';
import type { HostTensor } from '../../src/model/tensor.js';

const tolerance = 1e-4;

function bestOf(scores: readonly number[]): number {
  return scores.indexOf(Math.max(...scores));
}

/** Our engine's scores, one row per item. */
export async function ourScores(
  files: ModelFiles,
  layers: number,
  cells: HostTensor,
): Promise<number[][]> {
  const model = await compileSubModel(files, { from: 0, to: layers });
  const [output] = model.run([cells]);
  model.dispose();
  const { data = new Float32Array(), shape = [] } = output ?? {};
  return rowsOf(data, shape[0] ?? 0);
}

/** Values as so many rows. */
export function rowsOf(values: ArrayLike<number>, count: number): number[][] {
  const width = values.length / count;
  return Array.from({ length: count }, (_, row) =>
    Array.from({ length: width }, (__, column) => values[row * width + column] ?? NaN),
  );
}

/**
 * Passes where another engine computes the same network: the same best cell of each item, and all
 * scores within 1e-4.
 * @throws {Error} what differs
 */
export function checkAgreement(
  name: string,
  theirs: readonly (readonly number[])[],
  ours: readonly (readonly number[])[],
): void {
  theirs.forEach((scores, item) => {
    const own = ours[item] ?? [];
    const largest = Math.max(...own.map((score, cell) => Math.abs(score - (scores[cell] ?? NaN))));
    if (!(largest < tolerance) || own.length !== scores.length || bestOf(own) !== bestOf(scores)) {
      throw new Error(
        `${name} computes another network: item ${item} has the best cell ${bestOf(scores)} and not ` +
          `${bestOf(own)}, its scores differ by up to ${largest}.`,
      );
    }
  });
}
