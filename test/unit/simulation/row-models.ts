import type { HostTensor } from '../../../src/model/tensor.js';
import type { TopCells } from '../../../src/observe/referee.js';
import type { RowModel } from '../../../src/stage/stage-logic.js';
import type { ItemFailure } from '../../../src/wire/tensor-batch.js';
import { smallCity } from '../geo/small-city-grid.js';
import { plan } from './plan.js';

const { rules, topK } = plan;

/** What the first stage makes of a window: a number under 997, 0 of a window of zeros. */
function hiddenOf(window: ArrayLike<number>): number {
  return Array.from(window).reduce((hash, cell) => (hash * 31 + cell * 7) % 997, 0);
}

/** A window on which the first stage's engine fails, and everything that is with it in the run. */
function breaksEngine(hidden: number): boolean {
  return hidden % 13 === 5;
}

/** A window of which the second stage makes not-a-number. */
function isNotFinite(hidden: number): boolean {
  return hidden % 13 === 7;
}

/** The cell of this rank that the second stage gives. */
function cellOf(hidden: number, rank: number): number {
  return (hidden + rank) % (smallCity.size + 1);
}

function probabilityOf(hidden: number, rank: number): number {
  return isNotFinite(hidden) ? NaN : Math.fround(1 / (2 + (hidden % 5) + rank));
}

/** Rows of the one input of a stage. */
function rowsOf([input]: readonly HostTensor[]): (Int32Array | Float32Array)[] {
  const [rows = 0, width = 1] = input?.shape ?? [];
  return Array.from({ length: rows }, (_, row) => {
    return (input?.data ?? new Int32Array(0)).slice(row * width, (row + 1) * width);
  });
}

/** Two sub-models without an engine: each row gives a number, and each number its cells. */
export const rowModels: Readonly<Record<1 | 2, RowModel>> = {
  1: {
    inputs: [{ name: 'cells', dtype: 'int32', itemShape: [rules.steps] }],
    outputs: [{ name: 'hidden', dtype: 'float32', itemShape: [1] }],
    keeps: [],
    run(inputs) {
      const hidden = rowsOf(inputs).map(hiddenOf);
      if (hidden.some(breaksEngine)) throw new Error('the engine does not take that window');
      const data = Float32Array.from(hidden);
      return [{ name: 'hidden', dtype: 'float32', shape: [data.length, 1], data }];
    },
  },
  2: {
    inputs: [{ name: 'hidden', dtype: 'float32', itemShape: [1] }],
    outputs: [
      { name: 'cells', dtype: 'int32', itemShape: [topK] },
      { name: 'probabilities', dtype: 'float32', itemShape: [topK] },
    ],
    keeps: [],
    run(inputs) {
      const hidden = rowsOf(inputs).flatMap((row) => [...row]);
      const shape = [hidden.length, topK];
      const { cells, probabilities } = topCellsOf(hidden);
      return [
        { name: 'cells', dtype: 'int32', shape, data: cells },
        { name: 'probabilities', dtype: 'float32', shape, data: probabilities },
      ];
    },
  },
};

function topCellsOf(hidden: readonly number[]): TopCells {
  const ranks = Array.from({ length: topK }, (_, rank) => rank);
  return {
    cells: Int32Array.from(hidden.flatMap((one) => ranks.map((rank) => cellOf(one, rank)))),
    probabilities: Float32Array.from(
      hidden.flatMap((one) => ranks.map((rank) => probabilityOf(one, rank))),
    ),
  };
}

/** Both sub-models in one, a window at a time: what the pipeline's predictions must be. */
export function predictUncut(windows: Int32Array, batch: number): TopCells {
  const hidden = Array.from({ length: batch }, (_, row) => {
    return hiddenOf(windows.subarray(row * rules.steps, (row + 1) * rules.steps));
  });
  return topCellsOf(hidden);
}

/** In which stage a window fails, and as what; null where it doesn't. */
export function failureOf(window: readonly number[]): Omit<ItemFailure, 'message'> | null {
  const hidden = hiddenOf(window);
  if (breaksEngine(hidden)) return { code: 'INFERENCE_FAILED', stage: 1 };
  return isNotFinite(hidden) ? { code: 'NOT_FINITE', stage: 2 } : null;
}
