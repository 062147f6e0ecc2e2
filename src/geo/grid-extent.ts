import { metresPerDegreeOfLongitude } from './distance.js';
import type { GridFile } from './grid.js';

/** How large a grid is, and how near its cells come to squares. */
export interface GridExtent {
  readonly cells: number;
  /** Cells of which one side at least borders on no other cell: beyond it is cell 0. */
  readonly edgeCells: number;
  /** Width of a cell at the northern edge of the grid, and at its southern one. Metres. */
  readonly northernWidthM: number;
  readonly southernWidthM: number;
}

/** Measures a grid. */
export function extentOf(grid: GridFile): GridExtent {
  const { occupied, rows, columns, cellSizeDeg, origin } = grid;
  const isCell = (row: number, column: number): boolean => occupied[row]?.[column] === '#';
  let [cells, edgeCells] = [0, 0];
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      if (!isCell(row, column)) continue;
      cells += 1;
      const isEnclosed =
        isCell(row - 1, column) &&
        isCell(row + 1, column) &&
        isCell(row, column - 1) &&
        isCell(row, column + 1);
      if (!isEnclosed) edgeCells += 1;
    }
  }
  const widthM = (latitude: number): number =>
    cellSizeDeg.longitude * metresPerDegreeOfLongitude(latitude);
  return {
    ...{ cells, edgeCells },
    northernWidthM: widthM(origin.latitude),
    southernWidthM: widthM(origin.latitude - rows * cellSizeDeg.latitude),
  };
}
