import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PrintedRecord } from '../../fault/console-reader.js';
import { median, standstillMs } from '../../fault/standstill.js';

/** Predictions of a lane at these times. */
function at(lane: number, ...timesMs: readonly number[]): PrintedRecord[] {
  return timesMs.map((timestampMs, offset) => ({
    ...{ lane, offset, timestampMs },
    key: 'taxi',
    value: Buffer.alloc(0),
  }));
}

describe('the standstill of a fault', () => {
  it('is the longest time without a prediction in any lane', () => {
    // Lane 0: 100, 900, 100. Lane 1: 100, 400, 600.
    const predictions = [...at(0, 0, 100, 1_000, 1_100), ...at(1, 0, 100, 500, 1_100)];
    assert.equal(standstillMs(predictions, 2, 50, 1_050), 900);
  });

  it('begins with the last prediction before the fault and ends with the first after it', () => {
    // The fault lasts from 300 to 310 only; the lane's predictions are from 200 and 700.
    assert.equal(standstillMs(at(0, 100, 200, 700, 800), 1, 300, 310), 500);
  });

  it('is not that of a pause before the fault or after it', () => {
    const times = [0, 5_000, 5_100, 5_300, 5_400, 9_000];
    assert.equal(standstillMs(at(0, ...times), 1, 5_050, 5_350), 200);
  });

  it('counts a pause that the fault only touches', () => {
    assert.equal(standstillMs(at(0, 0, 1_000, 1_100), 1, 1_000, 1_050), 1_000);
    assert.equal(standstillMs(at(0, 0, 100, 2_000), 1, 50, 100), 1_900);
  });

  it('does not take one lane for another: each goes on by itself', () => {
    // Together there is one every 500 ms; lane 1 alone has none for 1000 ms.
    const predictions = [...at(0, 0, 500, 1_000), ...at(1, 250, 1_250)];
    assert.equal(standstillMs(predictions, 2, 0, 1_250), 1_000);
    assert.equal(standstillMs(predictions, 1, 0, 1_250), 500);
  });

  it('does not depend on the order in which they were read', () => {
    assert.equal(standstillMs(at(0, 700, 100, 800, 200), 1, 150, 750), 500);
  });

  it('is 0 where no lane has two predictions', () => {
    assert.equal(standstillMs(at(0, 100), 2, 0, 1_000), 0);
    assert.equal(standstillMs([], 2, 0, 1_000), 0);
  });
});

describe('the median', () => {
  it('is the middle one, and of an even number the lower of the two', () => {
    assert.equal(median([30]), 30);
    assert.equal(median([30, 1, 200]), 30);
    assert.equal(median([30, 1, 200, 4]), 4);
    assert.equal(median([10, 9]), 9);
  });

  it('is that of numbers, not of their digits, and leaves them as they are', () => {
    const values = [1_000, 200, 30];
    assert.equal(median(values), 200);
    assert.deepEqual(values, [1_000, 200, 30]);
  });

  it('of none is null', () => {
    assert.equal(median([]), null);
  });
});
