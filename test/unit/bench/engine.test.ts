import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { engineBench } from '../../../bench/engine/engine.js';
import type { Report, Rows } from '../../../bench/report/report.js';

describe('npm run bench -- engine --quick', () => {
  let report: Report;

  before(async () => {
    report = await engineBench(true);
  });

  const table = (index: number): Rows => report.tables[index] ?? assert.fail(`no table ${index}`);

  /** Every cell under a title, in each row a number above 0 or text. */
  function assertFilled({ columns, rows, title }: Rows): void {
    for (const row of rows) {
      for (const column of columns) {
        const cell = row[column];
        const isFilled = typeof cell === 'number' ? Number.isFinite(cell) && cell > 0 : cell !== '';
        assert.ok(
          isFilled && cell !== null && cell !== undefined,
          `${title}: ${column} is ${cell}`,
        );
      }
    }
  }

  it('compares ours with tfjs-layers and ONNX Runtime at every batch size', () => {
    const { rows, columns } = table(0);
    assert.deepEqual(
      rows.map((row) => row['batch size']),
      [1, 8, 32, 64, 128],
    );
    for (const name of ['Stagecoach', 'tfjs-layers', 'ONNX Runtime']) {
      assert.ok(columns.includes(`${name}, items/s`), columns.join('; '));
    }
    assertFilled(table(0));
  });

  it('holds ours against nothing but the matrix products', () => {
    assertFilled(table(1));
    assert.deepEqual(
      table(1).rows.map((row) => row['batch size']),
      [1, 8, 32, 64, 128],
    );
  });

  it('tells what a start takes, of each stage of one, two and three', () => {
    assertFilled(table(2));
    assert.deepEqual(
      table(2).rows.map(({ stages, stage }) => [stages, stage]),
      [
        [1, 1],
        [2, 1],
        [2, 2],
        [3, 1],
        [3, 2],
        [3, 3],
      ],
    );
  });

  it('plots a line per engine', () => {
    const [plot] = report.plots;
    const engines = new Set(plot?.points.map(({ series }) => series));
    assert.ok(engines.size >= 3);
    assert.equal(plot?.points.length, engines.size * 5);
    assert.ok(plot.points.every(({ y }) => Number.isFinite(y) && y > 0));
  });
});
