import type { SubModel } from '../../src/model/engine/sub-model.js';
import type { HostTensor } from '../../src/model/tensor.js';
import { packTensor, unpackTensor } from '../../src/wire/tensor.js';
import type { Windows } from '../city/real-windows.js';

/** What float16 at every cut changes in the predictions. */
export interface HalvesEffect {
  readonly items: number;
  /** Share of items whose most probable cell is another one. */
  readonly top1Changed: number;
  /** Share of items whose five most probable cells are others, in whatever order. */
  readonly top5Changed: number;
  /** Share of items whose five most probable cells are others, or in another order. */
  readonly top5Reordered: number;
  /** The largest difference of a probability, over all cells. */
  readonly largestDifference: number;
}

const batchItems = 128;

/** As float16 on the wire makes it. */
function halved(tensor: HostTensor): HostTensor {
  return tensor.dtype === 'float32' ? unpackTensor(packTensor(tensor, 'f16')) : tensor;
}

/** The scores of all cells for a batch, with what crosses the cuts changed by `wire`. */
function scores(
  models: readonly SubModel[],
  cells: HostTensor,
  wire: (tensor: HostTensor) => HostTensor,
): ArrayLike<number> {
  let tensor = cells;
  for (const [index, model] of models.entries()) {
    const input = index === 0 ? tensor : wire(tensor);
    const [output] = model.run([{ ...input, name: model.inputs[0]?.name ?? '' }]);
    if (output === undefined) throw new Error('a sub-model has no output');
    tensor = output;
  }
  return tensor.data;
}

/** Indices of the `count` largest of `row`, the largest first. */
function best(row: ArrayLike<number>, count: number): number[] {
  const order = Array.from(row, (_, index) => index);
  return order.sort((a, b) => (row[b] ?? 0) - (row[a] ?? 0) || a - b).slice(0, count);
}

function rowOf(values: ArrayLike<number>, row: number, rows: number): number[] {
  const width = values.length / rows;
  return Array.from({ length: width }, (_, at) => values[row * width + at] ?? 0);
}

/** Runs windows through all sub-models twice: as they are, and with float16 at every cut. */
export function measureHalves(models: readonly SubModel[], windows: Windows): HalvesEffect {
  const { cells, count, steps } = windows;
  const changed = { first: 0, set: 0, order: 0 };
  let largestDifference = 0;
  for (let from = 0; from < count; from += batchItems) {
    const rows = Math.min(batchItems, count - from);
    const data = cells.slice(from * steps, (from + rows) * steps);
    const input: HostTensor = { name: 'cells', dtype: 'int32', shape: [rows, steps], data };
    const whole = scores(models, input, (tensor) => tensor);
    const half = scores(models, input, halved);
    for (let row = 0; row < rows; row += 1) {
      const [a, b] = [rowOf(whole, row, rows), rowOf(half, row, rows)];
      a.forEach((value, at) => {
        largestDifference = Math.max(largestDifference, Math.abs(value - (b[at] ?? 0)));
      });
      const [topA, topB] = [best(a, 5), best(b, 5)];
      if (topA[0] !== topB[0]) changed.first += 1;
      if (topA.some((cell) => !topB.includes(cell))) changed.set += 1;
      if (topA.some((cell, at) => cell !== topB[at])) changed.order += 1;
    }
  }
  return {
    items: count,
    top1Changed: changed.first / count,
    top5Changed: changed.set / count,
    top5Reordered: changed.order / count,
    largestDifference,
  };
}
