import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { wilsonInterval } from '../../../src/model/share-interval.js';
import { qualityAlert } from '../../../src/observe/quality-alert.js';
import { qualityFigures } from '../../../src/observe/quality-figures.js';
import { QualityReports } from '../../../src/observe/quality-reports.js';
import { calibrationText } from '../../../src/observe/render-quality.js';
import type { QualityCounts } from '../../../src/wire/quality-window.js';
import type { WorkerReport } from '../../../src/wire/worker-report.js';

const one: QualityCounts = {
  ...{ scored: 4, top1: 1, top3: 2, top5: 4 },
  errors: [
    { metres: 0, predictions: 1 },
    { metres: 500, predictions: 3 },
  ],
  reliability: [
    { predictions: 3, probabilitySum: 0.75, hits: 0 },
    { predictions: 1, probabilitySum: 0.75, hits: 1 },
  ],
};
const other: QualityCounts = {
  ...{ scored: 6, top1: 5, top3: 5, top5: 5 },
  errors: [
    { metres: 0, predictions: 2 },
    { metres: 425, predictions: 1 },
    { metres: 900, predictions: 1 },
  ],
  reliability: [
    { predictions: 1, probabilitySum: 0.25, hits: 1 },
    { predictions: 5, probabilitySum: 4, hits: 4 },
  ],
};

describe('the figures of several sinks', () => {
  it('are those of all their predictions together', () => {
    // 0 0 0 425 500 500 500 900: the fourth of eight is the median.
    assert.deepEqual(qualityFigures([one, other]), {
      ...{ scored: 10, top1Hits: 6, top1: 0.6, top3: 0.7, top5: 0.9, medianErrorM: 425 },
      calibration: [
        { from: 0, to: 0.5, predictions: 4, given: 0.25, cameTrue: 0.25 },
        { from: 0.5, to: 1, predictions: 6, given: 4.75 / 6, cameTrue: 5 / 6 },
      ],
      // Six of ten differ by 0.25 / 6.
      calibrationError: (6 * Math.abs(4.75 / 6 - 5 / 6)) / 10,
    });
  });

  it('are none without predictions', () => {
    const none = {
      ...{ scored: 0, top1Hits: 0, top1: null, top3: null, top5: null, medianErrorM: null },
      ...{ calibration: [], calibrationError: null },
    };
    assert.deepEqual(qualityFigures([]), none);
    const empty = { predictions: 0, probabilitySum: 0, hits: 0 };
    const counts = { scored: 0, top1: 0, top3: 0, top5: 0, errors: [], reliability: [empty] };
    assert.deepEqual(qualityFigures([counts]), none);
    assert.equal(calibrationText(qualityFigures([counts])), null);
  });

  it('tell how reliable probabilities are, of bins that have enough', () => {
    const reliability = [
      { predictions: 29, probabilitySum: 5, hits: 20 },
      { predictions: 100, probabilitySum: 35, hits: 33 },
      { predictions: 100, probabilitySum: 94, hits: 95 },
    ];
    // (29 × |5/29 − 20/29| + 2 + 1) / 229 = 18/229.
    const figures = qualityFigures([{ ...one, scored: 229, reliability }]);
    assert.equal(
      calibrationText(figures),
      'given at 35 %: 33 % came true, 94 %: 95 %; off by 7.9 points in the mean',
    );
  });
});

function sinkReport(worker: string, startedAtMs: number, timeMs: number): WorkerReport {
  return {
    ...{ worker, role: 'sink', stage: 0, plan: 'p1', pid: 1, timeMs, startedAtMs, lanes: [] },
    ...{ lag: 0, items: 0, records: 0, deadLetters: 0, batchItems: 0, inferenceMs: 0 },
    ...{ decodeMs: 0, encodeMs: 0, payloadBytes: 0, rssBytes: 0, coveredTo: [] },
    quality: [
      { windowMs: 3_600_000, ...one },
      { windowMs: 0, ...other },
    ],
  };
}

describe('what sinks report of quality', () => {
  it('counts each process once, and in the sum also those that have ended', () => {
    const reports = new QualityReports();
    for (let second = 0; second < 5; second += 1) {
      reports.take(sinkReport('a', 0, second * 1_000), second * 1_000);
    }
    // The same worker, started again, and another one.
    reports.take(sinkReport('a', 30_000, 31_000), 31_000);
    reports.take(sinkReport('b', 30_000, 31_000), 31_000);
    assert.equal(reports.live(32_000).lastHour.scored, 8);
    assert.equal(reports.live(32_000).lastFiveMinutes.scored, 0);
    assert.equal(reports.total().scored, 18);
  });

  it('is not put back by a report that comes late', () => {
    const reports = new QualityReports();
    reports.take(sinkReport('a', 0, 2_000), 2_000);
    reports.take({ ...sinkReport('a', 0, 1_000), quality: [{ windowMs: 0, ...one }] }, 2_001);
    assert.equal(reports.total().scored, 6);
  });
});

/** Hits, items and ends of the interval: statsmodels 0.15.0, `proportion_confint(hits, items, method="wilson")`. */
const statsmodels: readonly (readonly [number, number, number, number])[] = [
  [0, 500, 0.0, 0.00762434],
  [2577, 4210, 0.597299267, 0.626724349],
  [660, 1000, 0.63007732, 0.688698118],
  [254058, 374925, 0.676125642, 0.679117768],
  [7, 7, 0.645669565, 1.0],
];

describe("Wilson's interval", () => {
  for (const [hits, items, low, high] of statsmodels) {
    it(`of ${hits} in ${items} is that of statsmodels`, () => {
      const interval = wilsonInterval(hits, items);
      assert.ok(Math.abs(interval.low - low) < 1e-6, String(interval.low));
      assert.ok(Math.abs(interval.high - high) < 1e-6, String(interval.high));
      assert.equal(interval.share, hits / items);
    });
  }
});

describe('the alert', () => {
  const card = {
    top1: { share: 0.678, low: 0.674, high: 0.682 },
    ...{ top3: 0.947, top5: 0.994, medianErrorM: null, calibrationError: null },
  };
  const figures = (scored: number, top1: number) => qualityFigures([{ ...one, scored, top1 }]);
  const hourOf = (scored: number, top1: number) => ({
    lastHour: figures(scored, top1),
    sinceStart: figures(2 * scored, 2 * top1),
  });

  it('tells of a top-1 whose interval lies wholly below the card’s', () => {
    // 61.2 % of 4,210: up to 62.7 %.
    const alert = qualityAlert(hourOf(4_210, 2_577), card) ?? '';
    const start =
      'top-1 is 61.2 % over the last hour (4,210 predictions), below the card’s 67.4 … 68.2 %: ';
    assert.equal(alert.slice(0, start.length), start);
  });

  it('is none where the intervals meet, where predictions are few, or no card is known', () => {
    // 66 % of 1,000: up to 68.9 %.
    assert.equal(qualityAlert(hourOf(1_000, 660), card), null);
    assert.equal(qualityAlert(hourOf(1_000, 900), card), null);
    assert.equal(qualityAlert(hourOf(499, 0), card), null);
    assert.notEqual(qualityAlert(hourOf(500, 0), card), null);
    assert.equal(qualityAlert(hourOf(4_210, 2_577), null), null);
  });

  it('is none in the first hours of the sinks: windows are short at a plan’s beginning', () => {
    const lastHour = figures(4_210, 2_577);
    assert.equal(qualityAlert({ lastHour, sinceStart: lastHour }, card), null);
    assert.equal(qualityAlert({ lastHour, sinceStart: figures(8_419, 5_000) }, card), null);
    assert.notEqual(qualityAlert({ lastHour, sinceStart: figures(8_420, 5_000) }, card), null);
  });
});
