import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StageRates } from '../../../src/observe/rates.js';
import type { WorkerReport } from '../../../src/wire/worker-report.js';

/** A stage worker that started at 0 and has done nothing. */
function aReport(cares: Partial<WorkerReport>): WorkerReport {
  return {
    worker: 'stage-1-a',
    role: 'stage',
    stage: 1,
    plan: 'p1',
    pid: 100,
    timeMs: 1_000,
    startedAtMs: 0,
    lanes: [0],
    lag: 0,
    items: 0,
    records: 0,
    deadLetters: 0,
    batchItems: 0,
    inferenceMs: 0,
    decodeMs: 0,
    encodeMs: 0,
    payloadBytes: 0,
    rssBytes: 1e8,
    coveredTo: [],
    quality: [],
    ...cares,
  };
}

/** Figures by hand: 10 items/s of worker a at batches of 10, 30 items/s of worker b at batches of 2. */
const a = [
  aReport({ timeMs: 1_000, items: 10, records: 1, batchItems: 10, inferenceMs: 8, lag: 3 }),
  aReport({ timeMs: 2_000, items: 20, records: 2, batchItems: 10, inferenceMs: 8, lag: 4 }),
] as const;
const b = [
  aReport({ worker: 'b', timeMs: 1_000, items: 30, records: 3, batchItems: 2, inferenceMs: 4 }),
  aReport({ worker: 'b', timeMs: 2_000, items: 60, records: 6, batchItems: 2, inferenceMs: 4 }),
] as const;

function ratesOf(reports: readonly WorkerReport[]): StageRates {
  const rates = new StageRates();
  for (const report of reports) rates.take(report, report.timeMs);
  return rates;
}

describe('StageRates', () => {
  it('adds up the rates, lags and memory of the workers of a stage', () => {
    const [row] = ratesOf([...a, ...b]).rows(2_000);
    assert.equal(row?.workers, 2);
    assert.equal(row.itemsPerS, 40);
    assert.equal(row.lag, 4);
    assert.equal(row.rssBytes, 2e8);
    assert.equal(row.items, 80);
  });

  it('weighs means by the work that they are means of', () => {
    const [row] = ratesOf([...a, ...b]).rows(2_000);
    // 2 inferences of 10 items in 8 ms, 30 of 2 items in 4 ms: 80 items and 136 ms in 32 inferences.
    assert.equal(row?.batchItems, 80 / 32);
    assert.equal(row.inferenceMs, 136 / 32);
  });

  it('takes means of records by their number', () => {
    const [row] = ratesOf([
      aReport({ items: 9, records: 9, decodeMs: 1, encodeMs: 2, payloadBytes: 100 }),
      aReport({ worker: 'b', items: 1, records: 1, decodeMs: 11, encodeMs: 22, payloadBytes: 200 }),
    ]).rows(1_000);
    assert.equal(row?.decodeMs, 2);
    assert.equal(row.encodeMs, 4);
    assert.equal(row.payloadBytes, 110);
  });

  it('gives the encoding figures of a feed, which reads no records', () => {
    const feed = { role: 'feed', stage: 0, items: 50, encodeMs: 0.5, payloadBytes: 90 } as const;
    const [row] = ratesOf([aReport(feed)]).rows(1_000);
    assert.deepEqual([row?.decodeMs, row?.encodeMs, row?.payloadBytes], [null, 0.5, 90]);
  });

  it('goes on counting over a restart, whose counters begin at zero again', () => {
    const rates = ratesOf([
      ...a,
      aReport({ startedAtMs: 2_500, timeMs: 3_000, items: 5, deadLetters: 1, pid: 101 }),
    ]);
    const [row] = rates.rows(3_000);
    assert.equal(row?.items, 25);
    assert.equal(row.deadLetters, 1);
    assert.equal(row.workers, 1);
    // 5 items in the half second that the new process has run.
    assert.equal(row.itemsPerS, 10);
    assert.deepEqual(
      rates.processes().map(({ pid }) => pid),
      [100, 101],
    );
  });

  it('drops a worker that is not heard of for 10 s, but not what it did', () => {
    const rates = ratesOf(a);
    assert.equal(rates.rows(11_999)[0]?.workers, 1);
    const [row] = rates.rows(12_000);
    assert.deepEqual(
      [row?.workers, row?.lag, row?.itemsPerS, row?.rssBytes, row?.items],
      [0, null, 0, 0, 20],
    );
  });

  it('shows no rate and no means of a worker that has stopped working', () => {
    const [row] = ratesOf([
      ...a,
      aReport({ timeMs: 8_000, items: 20, records: 2, batchItems: 0 }),
    ]).rows(8_000);
    assert.equal(row?.itemsPerS, 0);
    assert.equal(row.batchItems, null);
    assert.equal(row.decodeMs, null);
  });

  it('says nothing about now from the first report of a worker that has long been running', () => {
    const rates = ratesOf([aReport({ timeMs: 100_000, items: 5_000 })]);
    assert.equal(rates.rows(100_000)[0]?.itemsPerS, 0);
    rates.take(aReport({ timeMs: 101_000, items: 5_070 }), 101_000);
    assert.equal(rates.rows(101_000)[0]?.itemsPerS, 70);
    assert.equal(rates.totals()[0]?.items, 5_070);
  });

  it('does not count a report twice, nor one that comes late', () => {
    const late = aReport({ startedAtMs: -5_000, timeMs: -1_000, items: 1_000 });
    assert.equal(ratesOf([...a, a[1], a[0], late]).rows(2_000)[0]?.items, 20);
  });

  it('judges staleness by the time of arrival, not by the clock of the worker', () => {
    const rates = new StageRates();
    rates.take(a[0], 1_000_000);
    rates.take(a[1], 1_001_000);
    assert.equal(rates.rows(1_001_500)[0]?.workers, 1);
    assert.equal(rates.rows(1_001_500)[0]?.itemsPerS, 10);
  });

  it('gives the stages in the order of the pipeline', () => {
    const rates = ratesOf([
      aReport({ worker: 's', role: 'sink', stage: 0 }),
      aReport({ worker: '10', stage: 10 }),
      aReport({ worker: '2', stage: 2 }),
      aReport({ worker: 'w', role: 'windower', stage: 0 }),
      aReport({ worker: 'f', role: 'feed', stage: 0 }),
    ]);
    const expected = ['feed 0', 'windower 0', 'stage 2', 'stage 10', 'sink 0'];
    const named = ({ role, stage }: { role: string; stage: number }): string => `${role} ${stage}`;
    assert.deepEqual(rates.rows(1_000).map(named), expected);
    assert.deepEqual(rates.totals().map(named), expected);
  });

  it('keeps the most memory that each process had', () => {
    const rates = ratesOf([
      aReport({ timeMs: 1_000, rssBytes: 3e8 }),
      aReport({ timeMs: 2_000, rssBytes: 2e8 }),
    ]);
    assert.equal(rates.processes()[0]?.maxRssBytes, 3e8);
  });
});
