import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Row } from '../../fault/campaign.js';
import { renderTable, renderTotals } from '../../fault/table.js';

const kill: Row = {
  fault: 'a worker is killed',
  guarantee: 'A killed worker loses no prediction.',
  injected: 4,
  expected: 1200,
  ...{ lost: 0, repeated: 0, reordered: 0, wrong: 0 },
  // In order: 3000, 6100, 7040, 9000. One is longer than promised.
  standstillsMs: [6_100, 9_000, 3_000, 7_040],
  promisedMs: 8_000,
  faults: [],
};
const full: Row = {
  fault: 'a disk is full',
  guarantee: 'A full disk loses no prediction.',
  injected: 1,
  expected: 300,
  ...{ lost: 1, repeated: 2, reordered: 3, wrong: 4 },
  standstillsMs: [],
  promisedMs: null,
  note: '41 MB were written before it was full',
  faults: ['lane 2, offset 17 has no prediction (vehicle taxi-3)'],
};

/** What stands in the columns of each line of the table, the lines of its frame left out. */
function columnsOf(table: string): string[][] {
  return table
    .split('\n')
    .filter((line) => line.startsWith('│'))
    .map((line) => line.split('│').map((cell) => cell.trim()))
    .map((cells) => cells.slice(1, -1));
}

describe('the table of faults', () => {
  it('has a line for each fault: its counts, and its standstills in seconds', () => {
    const head = ['fault', 'times', 'expected', 'lost', 'repeated', 'reordered', 'wrong'];
    assert.deepEqual(columnsOf(renderTable([kill, full])), [
      [...head, 'standstill s: median', 'worst', 'promised'],
      ['a worker is killed', '4', '1200', '0', '0', '0', '0', '6.1', '9.0', '8.0'],
      ['a disk is full', '1', '300', '1', '2', '3', '4', '', '', ''],
    ]);
  });

  it('has no colours: it is also read in a log', () => {
    assert.equal(renderTable([kill, full]).includes(String.fromCharCode(27)), false);
  });

  it('is summed up: faults, sound rows, promises kept, notes, what was left out, what is wrong', () => {
    const text = renderTotals({
      seed: 11,
      seconds: 95,
      rows: [kill, full],
      skipped: ['the network is slow: no proxy'],
    });
    assert.deepEqual(text.split('\n'), [
      '5 faults in 95 s with seed 11; 1500 predictions expected; 1 of 2 rows are sound.',
      'Standstill within what is promised: 3 of 4 times.',
      'a disk is full: 41 MB were written before it was full.',
      'Not injected: the network is slow: no proxy.',
      'a disk is full: lane 2, offset 17 has no prediction (vehicle taxi-3)',
    ]);
  });

  for (const count of ['lost', 'repeated', 'reordered', 'wrong'] as const) {
    it(`calls a row unsound in which one is ${count}`, () => {
      const text = renderTotals({
        seed: 1,
        seconds: 1,
        rows: [{ ...kill, [count]: 1 }],
        skipped: [],
      });
      assert.match(text, /; 0 of 1 rows are sound\./);
    });
  }

  it('calls a row unsound in which nothing was expected: it shows nothing', () => {
    const text = renderTotals({
      seed: 1,
      seconds: 1,
      rows: [{ ...kill, expected: 0 }],
      skipped: [],
    });
    assert.match(text, /; 0 of 1 rows are sound\./);
  });
});
