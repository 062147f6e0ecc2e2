import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { medianItems, movesOf } from '../../../src/cli/training/fixes-report.js';
import { Grid } from '../../../src/geo/grid.js';
import type { DrivenRuns } from '../../../src/model/training/sequences.js';

// Two rows of five: cells 1 … 5, and 6 … 10 below them.
const grid = Grid.parse({
  name: 'two-rows',
  version: 1,
  origin: { latitude: 1, longitude: 30 },
  cellSizeM: 500,
  cellSizeDeg: { latitude: 0.0045, longitude: 0.0056 },
  rows: 2,
  columns: 5,
  occupied: ['#####', '#####'],
});

function runsOf(
  ...all: readonly (readonly [vehicle: number, cells: readonly number[]])[]
): DrivenRuns {
  const cells = all.flatMap(([, run]) => run);
  let length = 0;
  return {
    cells: Int32Array.from(cells),
    timesMs: new Float64Array(cells.length),
    starts: Int32Array.from([0, ...all.map(([, run]) => (length += run.length))]),
    vehicles: Int32Array.from(all, ([vehicle]) => vehicle),
    entries: new Int32Array(cells.length),
  };
}

describe('the report on a file of fixes', () => {
  it('tells moves to a neighbour, straight or diagonal, from those over squares', () => {
    // To a neighbour: 1→2, 2→8 (diagonal), 8→9, 3→4. Over one square: 1→8. Over more: 9→1, 10→6.
    // From or to cell 0: not counted.
    const runs = runsOf([0, [1, 2, 8, 9, 1, 8]], [0, [0, 5, 0]], [1, [10, 6]]);
    assert.deepEqual(movesOf([runs, runsOf([0, [3, 4]])], grid), {
      toNeighbour: 4,
      overOneSquare: 1,
      overMore: 2,
    });
  });

  it('counts the cells of the vehicle in the middle over all parts, idle vehicles too', () => {
    const training = runsOf([0, [1, 2]], [0, [3]], [1, [1, 2, 3, 4]]);
    // 3 and 4 cells, 2 cells, and two vehicles with none: 0, 0, 2, 3, 4.
    assert.equal(medianItems([training, runsOf([0, [1, 2]])], 5), 2);
  });
});
