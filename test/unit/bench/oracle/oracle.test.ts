import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { oracle } from '../../../../bench/oracle/oracle.js';

describe('npm run bench -- oracle --quick', () => {
  it('has a row for each predictor and kind of movement, in per cent', async () => {
    const { tables } = await oracle(true);
    const [rows = []] = tables.map((table) => table.rows);
    assert.equal(rows.length, 3 * 5);
    for (const row of rows) {
      const top1 = row['top-1, %'];
      assert.ok(typeof top1 === 'number' && top1 >= 0 && top1 <= 100, JSON.stringify(row));
    }
    const [all, occupied, empty] = ['all', 'occupied', 'empty'].map((movement) =>
      Number(rows.find((row) => row['movement'] === movement)?.['predictions']),
    );
    assert.equal(all, (occupied ?? NaN) + (empty ?? NaN));
  });
});
