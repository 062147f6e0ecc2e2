import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { planner } from '../../../bench/planner/planner.js';

describe('bench planner', () => {
  it('has a row for each network and goal, with finite figures', async () => {
    const { tables } = await planner(true);
    const rows = tables.flatMap((table) => table.rows);
    assert.equal(rows.length, 5 * 4);
    for (const row of rows) {
      for (const [column, value] of Object.entries(row)) {
        assert(typeof value !== 'number' || Number.isFinite(value), column);
      }
      assert.equal(row['proof'], 'complete');
    }
  });
});
