import { placesOfTruths } from './judged.js';
import type { Judged } from './judged.js';

/** How often the best cell was wrong, by the cell that the vehicle was in. */
export interface CellErrors {
  /** `[V + 1]` predictions made in each cell, and those of them that were wrong. */
  readonly items: Int32Array;
  readonly wrong: Int32Array;
}

/** Counts the errors of each cell. */
export function cellErrorsOf(judged: Judged, cellCount: number): CellErrors {
  const [items, wrong] = [new Int32Array(cellCount + 1), new Int32Array(cellCount + 1)];
  const placeOf = placesOfTruths(judged);
  judged.items.positions.forEach((position, item) => {
    const cell = judged.items.runs.cells[position] ?? 0;
    items[cell] = (items[cell] ?? 0) + 1;
    if (placeOf[item] !== 0) wrong[cell] = (wrong[cell] ?? 0) + 1;
  });
  return { items, wrong };
}
