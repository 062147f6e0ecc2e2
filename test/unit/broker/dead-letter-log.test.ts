import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readDeadLetters } from '../../../src/broker/dead-letter-log.js';
import type { LaneRecord } from '../../../src/broker/lane-record.js';
import { encodeDeadLetter, type DeadLetter } from '../../../src/wire/dead-letter.js';
import { replayOfHeader } from '../../../src/wire/replay-mark.js';

const letter: DeadLetter = {
  ...{ topic: 'taxi.fixes', lane: 0, offset: 7, item: null, code: 'FIX_TOO_LATE', message: 'late' },
  ...{ timeMs: 1, key: null, value: null, headers: {}, truncatedFromBytes: null },
};

/** A topic of one lane. */
function logOf(values: readonly Pick<LaneRecord, 'value' | 'headers'>[]) {
  const records = values.map((record, offset): LaneRecord => ({
    ...{ lane: 0, offset, timestampMs: 100 + offset, key: null },
    ...record,
  }));
  return {
    bounds: () => Promise.resolve({ begin: [0], end: [records.length] }),
    // eslint-disable-next-line @typescript-eslint/require-await -- as the real one
    async *read() {
      yield* records;
    },
  };
}

const written = (of: DeadLetter) => ({ value: encodeDeadLetter(of), headers: {} });

describe('the dead letters on record', () => {
  it('show one that a worker and its successor both have written once', async () => {
    const other = { ...letter, offset: 8 };
    const found = await readDeadLetters(
      logOf([written(letter), written(letter), written(other)]),
      'taxi.dead-letter',
    );
    assert.deepEqual(
      found.map((buried) => [buried.letter.offset, buried.replayedMs]),
      [
        [7, null],
        [8, null],
      ],
    );
  });

  it('say which of them was sent again, and when', async () => {
    const mark = { value: null, headers: { [replayOfHeader]: Buffer.from('taxi.fixes/0/7') } };
    const [found] = await readDeadLetters(logOf([written(letter), mark]), 'taxi.dead-letter');
    assert.equal(found?.replayedMs, 101);
  });
});
