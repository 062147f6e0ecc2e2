import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StatusReader } from '../../../src/observe/pipeline-status.js';
import { renderStatus, statusWarnings } from '../../../src/observe/status-text.js';
import { defaultRules } from '../../../src/geo/windows.js';
import { noForecast, type PlanRecord } from '../../../src/wire/partition-plan.js';
import { qualityWindowsMs } from '../../../src/wire/quality-window.js';
import type { WorkerReport } from '../../../src/wire/worker-report.js';

const plan: PlanRecord = {
  ...{ name: 'p2', pipeline: 'taxi', modelDigest: 'ab', lanes: 2, topK: 5, encoding: 'raw' },
  ...{ strategy: 'optimal', cuts: [7], startOffsets: [0, 0], rules: defaultRules, createdAtMs: 0 },
  stages: [
    { nodes: ['a'], replicas: 1, computeMs: 0.5, hopMs: 0.1, itemsPerS: 1_600 },
    { nodes: ['b', 'b'], replicas: 2, computeMs: 0.25, hopMs: 0.1, itemsPerS: 4_000 },
  ],
  predictedItemsPerS: 1_600,
  predictedLatencyMs: 12,
};
const nothing = {
  ...{ advice: new Map<number, string>(), notNative: new Map<number, string>() },
  card: null,
};

/** A worker that began at 0 and reports at second 1 … `seconds`. */
function reports(cares: Partial<WorkerReport>, seconds: number, itemMs = 0): WorkerReport[] {
  return Array.from({ length: seconds }, (_, index) => ({
    ...({
      worker: 'stage-1-0',
      role: 'stage',
      stage: 1,
      plan: 'p2',
      pid: 1,
      lanes: [0, 1],
    } as const),
    ...{ lag: 3, decodeMs: 0.1, encodeMs: 0.1, payloadBytes: 10_000, rssBytes: 1e8 },
    ...{ timeMs: 1_000 * (index + 1), startedAtMs: 0, deadLetters: 0, coveredTo: [], quality: [] },
    // Ten inferences of 64 items a second.
    ...{ items: 640 * (index + 1), records: 10 * (index + 1) },
    ...{ batchItems: 64, inferenceMs: 64 * itemMs },
    ...cares,
  }));
}

const windower = reports({ worker: 'windower-0', role: 'windower', stage: 0 }, 5);
const sink = reports({ worker: 'sink-0', role: 'sink', stage: 0 }, 5);

function readerOf(all: readonly WorkerReport[]): StatusReader {
  const reader = new StatusReader(plan, 21, 1.25);
  for (const report of all) reader.take(report, report.timeMs);
  return reader;
}

describe('the status of a pipeline', () => {
  const whole = [
    ...windower,
    ...sink,
    ...reports({}, 5, 0.9),
    ...reports({ worker: 'stage-2-0', stage: 2, lanes: [0] }, 5, 0.25),
    ...reports({ worker: 'stage-2-1', stage: 2, lanes: [1] }, 5, 0.25),
  ];

  it('sets each stage’s computing beside its plan', () => {
    const { progress, silent, unheld } = readerOf(whole).status(5_500);
    // 0.9 / 0.5 and 0.25 / 0.25.
    assert.deepEqual(
      progress.map(({ stage, plannedMs, measuredMs, pace }) => [
        ...[stage, plannedMs, Number(measuredMs?.toFixed(9))],
        ...[pace.state, pace.state === 'unknown' ? null : Number(pace.ratio.toFixed(9))],
      ]),
      [
        [1, 0.5, 0.9, 'slower', 1.8],
        [2, 0.25, 0.25, 'asPlanned', 1],
      ],
    );
    assert.deepEqual([silent, unheld], [[], []]);
  });

  it('names what is slower than planned, with what would help', () => {
    const status = readerOf(whole).status(5_500);
    const advice = new Map([[1, 'moving its last layer to stage 2 would help']]);
    assert.deepEqual(statusWarnings(status, { ...nothing, advice }), [
      'stage 1 is 1.8× slower than planned; moving its last layer to stage 2 would help',
    ]);
  });

  it('names workers that are silent and lanes that nobody has', () => {
    const gone = reports({ worker: 'stage-2-1', stage: 2, lanes: [1] }, 2, 0.25);
    const left = whole.filter(({ worker }) => worker !== 'stage-2-1' && worker !== 'sink-0');
    const status = readerOf([...left, ...gone]).status(9_000);
    assert.deepEqual(statusWarnings(status, nothing), [
      'stage 2: nobody has lane 1',
      'sink has no worker',
      'stage-2-1 has been silent for 7.0 s',
    ]);
  });

  it('does not miss a worker that has stopped as it should', () => {
    const last = reports({ worker: 'stage-2-1', stage: 2, lanes: [] }, 1);
    assert.deepEqual(readerOf([...whole.slice(0, -5), ...last]).status(9_000).silent, []);
  });

  it('passes over the workers of other plans', () => {
    const other = whole.map((report) => ({ ...report, plan: 'p1' }));
    const { rows, unheld } = readerOf(other).status(5_500);
    assert.deepEqual(rows, []);
    assert.equal(unheld.length, 4);
  });

  it('says nothing of a stage’s pace where nothing was planned, or batches are small', () => {
    const unplanned = new StatusReader({ ...plan, ...noForecast }, 21, 1.25);
    for (const report of whole) unplanned.take(report, report.timeMs);
    const small = reports({ batchItems: 4, inferenceMs: 40 }, 5);
    for (const { progress } of [unplanned.status(5_500), readerOf(small).status(5_500)]) {
      assert.deepEqual(progress[0]?.pace, { state: 'unknown' });
    }
  });

  it('tells how good the predictions of all sinks are, and warns where the card promises more', () => {
    const reliability = [{ predictions: 2_000, probabilitySum: 1_300, hits: 1_240 }];
    const errors = [
      { metres: 0, predictions: 1_240 },
      { metres: 500, predictions: 760 },
    ];
    const counts = { scored: 2_000, top1: 1_240, top3: 1_900, top5: 1_980, errors, reliability };
    // Of 5 minutes there is one of them: only what is of the hour is told here.
    const quality = [
      { windowMs: 300_000, scored: 1, top1: 0, top3: 0, top5: 0, errors: [], reliability: [] },
      { windowMs: 3_600_000, ...counts },
      { windowMs: qualityWindowsMs.sinceStart, ...counts, scored: 4_000 },
    ];
    const two = ['sink-0', 'sink-1'].flatMap((worker) =>
      reports({ worker, role: 'sink', stage: 0, quality }, 5),
    );
    const { quality: told } = readerOf([...whole, ...two]).status(5_500);
    const { top1, top3, top5, medianErrorM, scored } = told.lastHour;
    assert.deepEqual(
      { top1, top3, top5, medianErrorM, scored },
      { top1: 0.62, top3: 0.95, top5: 0.99, medianErrorM: 0, scored: 4_000 },
    );
    assert.equal(told.lastFiveMinutes.scored, 2);
    const card = {
      top1: { share: 0.678, low: 0.674, high: 0.682 },
      ...{ top3: 0.947, top5: 0.994, medianErrorM: null, calibrationError: null },
    };
    const status = readerOf([...whole, ...two]).status(5_500);
    const text = renderStatus(status, { ...nothing, card }, { columns: 200, rich: false });
    assert.ok(
      text.includes(
        ' last hour: top-1 62.0 %, top-3 95.0 %, top-5 99.0 %, median error 0 m of 4,000 predictions\n' +
          ' card: top-1 67.8 % (67.4 ... 68.2), top-3 94.7 %, top-5 99.4 %\n',
      ),
      text,
    );
    assert.match(
      text,
      /^ ! top-1 is 62\.0 % over the last hour \(4,000 predictions\), below the card's 67\.4 \.\.\. 68\.2 %: /m,
    );
    // What a sink said ten seconds ago and more is no part of the last hour.
    assert.equal(readerOf([...whole, ...two]).status(15_500).quality.lastHour.scored, 0);
  });

  it('looks like this in 100 columns without colour', () => {
    const status = readerOf(whole).status(5_500);
    const notNative = new Map([[2, 'layers 9–10 by tfjs-layers']]);
    const text = renderStatus(status, { ...nothing, notNative }, { columns: 100, rich: false });
    const lines = text.split('\n').map((line) => line.trimEnd());
    assert.deepEqual(
      [...lines.slice(0, 4), ...lines.slice(12)],
      [
        '',
        ' stagecoach - taxi - plan p2',
        ' cut before layer 7 (optimal), 2 lanes, raw',
        ' predicted: 1,600 items/s, 12 ms',
        ' stage    layers      planned   measured   ratio   computing of an item; nodes',
        ` ${'-'.repeat(47)}`,
        ' 1        0-6         0.50 ms    0.90 ms    1.80   a',
        ' 2        7-20        0.25 ms    0.25 ms    1.00   b x 2',
        '',
        ' no prediction of the last hour has its truth yet',
        '',
        ' ! stage 1 is 1.8x slower than planned',
        ' ! stage 2: layers 9-10 by tfjs-layers, which is slower than a native layer',
      ],
    );
    assert.match(text, /^ stage 2 +2 /m);
  });
});
