import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { renderLive, type LiveView } from '../../../src/observe/live-table.js';
import type { StageRow } from '../../../src/observe/rates.js';

function aRow(cares: Partial<StageRow>): StageRow {
  return {
    role: 'stage',
    stage: 1,
    workers: 1,
    lag: 12,
    itemsPerS: 2280.4,
    inferences: 180,
    batchItems: 62.3,
    inferenceMs: 11.4,
    decodeMs: 0.213,
    encodeMs: 0.43,
    payloadBytes: 655_360,
    rssBytes: 412e6,
    items: 12_345,
    deadLetters: 0,
    ...cares,
  };
}

const noMeans = { batchItems: null, inferenceMs: null, decodeMs: null } as const;

const view: LiveView = {
  pipeline: 'taxi',
  plan: 'p1',
  state: 'running',
  elapsedMs: 42_000,
  rows: [
    aRow({ role: 'feed', stage: 0, lag: 0, ...noMeans, payloadBytes: 92, rssBytes: 102e6 }),
    aRow({ role: 'windower', stage: 0, lag: 1_234_567, ...noMeans, payloadBytes: 10_240 }),
    aRow({ workers: 2, deadLetters: 3 }),
    aRow({ stage: 2, workers: 0, lag: null, itemsPerS: 0, ...noMeans, encodeMs: null }),
    aRow({ role: 'sink', stage: 0, lag: 1_204, payloadBytes: 310 }),
  ],
  predictions: 12_345,
  targetPredictions: 20_000,
  ratePerS: 1_204.2,
  latencyP50Ms: 412.3,
  latencyP99Ms: 1_234,
  top1: 0.4134,
  top5: 0.782,
  deadLetters: 3,
  notices: ['stage 2 (pid 123) died with SIGKILL, restarted'],
};

function linesOf(shown: LiveView, columns: number, rich = true): readonly string[] {
  return stripVTControlCharacters(renderLive(shown, { columns, rich })).split('\n');
}

describe('the live table', () => {
  it('looks like this in 100 columns without colour', () => {
    const lines = linesOf(view, 100, false).map((line) => line.trimEnd());
    assert.deepEqual(lines, [
      '',
      ' stagecoach - taxi - plan p1                                                       running 0:42',
      '',
      ' stage     workers      lag  items/s  batch    infer   decode   encode  payload   memory   dead',
      ` ${'-'.repeat(94)}`,
      ' feed            1        -    2,280      -        -        -  0.43 ms     92 B   102 MB      0',
      ' windower        1    1.2 M    2,280      -        -        -  0.43 ms    10 kB   412 MB      0',
      ' stage 1         2       12    2,280     62    11 ms  0.21 ms  0.43 ms   655 kB   412 MB      3',
      ' stage 2      none        -        0      -        -        -        -   655 kB        -      0',
      ' sink            1    1,204    2,280     62        -  0.21 ms  0.43 ms    310 B   412 MB      0',
      '',
      ' predictions    per s  latency p50      p99    top-1    top-5  dead letters',
      ` ${'-'.repeat(74)}`,
      '      12,345    1,204       412 ms    1.2 s   41.3 %   78.2 %             3',
      '',
      ' ######################..............  61 % of 20,000, about 0:06 left',
      '',
      ' ! stage 2 (pid 123) died with SIGKILL, restarted',
    ]);
  });

  it('fits 100, 80 and 60 columns, with long notices and large figures', () => {
    const large: LiveView = {
      ...view,
      elapsedMs: 360_000_000,
      rows: view.rows.map((row) => ({ ...row, lag: 98_765_432_109, itemsPerS: 123_456 })),
      predictions: 987_654_321,
      targetPredictions: 1_000_000_000,
      latencyP99Ms: 3_600_000,
      notices: ['a notice of many words '.repeat(20)],
    };
    for (const columns of [100, 80, 60]) {
      for (const rich of [true, false]) {
        for (const line of linesOf(large, columns, rich)) {
          assert.ok(line.length <= columns, `${line.length} > ${columns}: ${line}`);
        }
      }
    }
  });

  it('shows decoding and encoding as one figure in 80 columns', () => {
    const text = linesOf(view, 80).join('\n');
    assert.match(text, /codec/);
    assert.match(text, /0\.64 ms/);
    assert.doesNotMatch(text, /decode|memory/);
  });

  it('is plain ASCII without colour', () => {
    assert.match(renderLive(view, { columns: 100, rich: false }), /^[\n\x20-\x7e]*$/);
  });

  it('stands still: no figure moves a column', () => {
    const idle = { ...view, rows: view.rows.map((row) => ({ ...row, lag: 0, itemsPerS: 0 })) };
    const widths = (shown: LiveView): readonly number[] =>
      linesOf(shown, 100).map((line) => line.length);
    assert.deepEqual(widths(idle), widths(view));
  });

  it('has a dash for every figure that is not known yet, and says what it waits for', () => {
    const unknown = { latencyP50Ms: null, latencyP99Ms: null, top1: null, top5: null };
    const text = linesOf({ ...view, ...unknown, rows: [], ratePerS: 0 }, 80).join('\n');
    assert.match(text, /waiting for the first reports/);
    assert.match(text, /0 +– +– +– +– /);
    assert.doesNotMatch(text, /NaN|Infinity|null|left/);
  });

  it('shows progress only toward a target, and never more than all', () => {
    assert.doesNotMatch(linesOf({ ...view, targetPredictions: null }, 80).join('\n'), /[█░]/);
    const over = linesOf({ ...view, predictions: 25_000 }, 80).join('\n');
    assert.match(over, /█ 100 % of 20,000$/m);
    assert.doesNotMatch(over, /░/);
  });

  it('shows the last five notices', () => {
    const notices = Array.from({ length: 8 }, (_, i) => `notice ${i + 1}`);
    const shown = linesOf({ ...view, notices }, 80).filter((line) => line.startsWith(' !'));
    assert.deepEqual(
      shown,
      notices.slice(3).map((notice) => ` ! ${notice}`),
    );
  });
});
