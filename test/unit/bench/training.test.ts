import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { training } from '../../../bench/training/training.js';

describe('npm run bench -- training --quick', () => {
  it('holds our trainer against LayersModel.fit, whose first loss is the same', async () => {
    // It throws where the first losses differ.
    const { tables } = await training(true);
    const rows = tables.flatMap((table) => table.rows);
    assert.equal(rows.length, 1);
    for (const [column, value] of Object.entries(rows[0] ?? {})) {
      assert.ok(typeof value === 'number' && Number.isFinite(value) && value > 0, column);
    }
    assert.ok(tables[0]?.columns.includes('× LayersModel.fit, loss at every step'));
  });
});
