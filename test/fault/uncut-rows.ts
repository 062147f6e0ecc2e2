import type { TopCells } from '../../src/observe/referee.js';
import type { UncutModel } from '../../src/observe/uncut-model.js';

/** What the uncut model makes of each window; null where it throws, or gives no number. */
export type RowAnswer = { readonly cells: Int32Array; readonly probabilities: Float32Array } | null;

const batchItems = 128;

/**
 * Has the uncut model predict windows, those that it can't digest apart from the others.
 *
 * @param windows of one length each
 */
export function answersTo(
  uncut: Pick<UncutModel, 'predict'>,
  windows: readonly (readonly number[])[],
): RowAnswer[] {
  const answers: RowAnswer[] = [];
  for (let start = 0; start < windows.length; start += batchItems) {
    answers.push(...answersToFew(uncut, windows.slice(start, start + batchItems)));
  }
  return answers;
}

function answersToFew(
  uncut: Pick<UncutModel, 'predict'>,
  windows: readonly (readonly number[])[],
): RowAnswer[] {
  try {
    return rowsOf(uncut.predict(Int32Array.from(windows.flat()), windows.length), windows.length);
  } catch {
    if (windows.length === 1) return [null];
    return windows.flatMap((window) => answersToFew(uncut, [window]));
  }
}

function rowsOf({ cells, probabilities }: TopCells, rows: number): RowAnswer[] {
  const width = cells.length / rows;
  return Array.from({ length: rows }, (_, row) => {
    const answer = {
      cells: cells.subarray(row * width, (row + 1) * width),
      probabilities: probabilities.subarray(row * width, (row + 1) * width),
    };
    return answer.probabilities.every((value) => Number.isFinite(value)) ? answer : null;
  });
}
