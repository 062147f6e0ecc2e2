import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { renderSummary } from '../../../src/observe/render-summary.js';
import { isSound, judgedFigures, type Summary } from '../../../src/observe/summary.js';

const means = {
  batchItems: 62.3,
  inferenceMs: 11.4,
  decodeMs: 0.213,
  encodeMs: 0.43,
  payloadBytes: 655_360,
};

const sound: Summary = {
  predictions: 20_000,
  ratePerS: 1_163.4,
  latencyP50Ms: 412,
  latencyP99Ms: 1_234,
  scored: 18_321,
  top1Hits: 7_574,
  top1: 0.4134,
  top3: 0.71,
  top5: 0.782,
  medianErrorM: 500,
  calibration: [
    { from: 0.1, to: 0.2, predictions: 29, given: 0.15, cameTrue: 0.5 },
    { from: 0.3, to: 0.4, predictions: 9_000, given: 0.352, cameTrue: 0.331 },
    { from: 0.6, to: 0.7, predictions: 9_292, given: 0.649, cameTrue: 0.64 },
  ],
  calibrationError: 0.0147,
  card: {
    top1: { share: 0.678, low: 0.676, high: 0.679 },
    ...{ top3: 0.947, top5: 0.994, medianErrorM: 0, calibrationError: 0.008 },
  },
  qualityAlert: null,
  expected: 20_000,
  missing: 0,
  repeated: 0,
  outOfOrder: 0,
  altered: 0,
  unexpected: 0,
  deadLetters: 3,
  identicalToUncut: true,
  stages: [
    { role: 'windower', stage: 0, items: 20_000, deadLetters: 3, ...means, batchItems: null },
    { role: 'stage', stage: 1, items: 20_000, deadLetters: 0, ...means },
    { role: 'stage', stage: 2, items: 20_000, deadLetters: 0, ...means },
  ],
  pipeline: 'taxi',
  plan: 'p1',
  modelDigest: '0123456789abcdef'.repeat(4),
  cuts: [7],
  lanes: 6,
  seed: 7,
  fixes: 81_234,
  seconds: 17.2,
  brokers: 1,
  restarts: 1,
  processes: [
    { worker: 'w', role: 'windower', stage: 0, pid: 1, maxRssBytes: 102e6 },
    { worker: 's', role: 'stage', stage: 2, pid: 2, maxRssBytes: 412e6 },
    { worker: 's', role: 'stage', stage: 2, pid: 3, maxRssBytes: 401e6 },
  ],
  faults: [],
};

const plain = { columns: 100, rich: false };

describe('the summary of a run', () => {
  it('looks like this without colour', () => {
    const lines = renderSummary(sound, plain)
      .split('\n')
      .map((line) => line.trimEnd());
    assert.deepEqual(lines, [
      '',
      ' OK: Every one of the 20,000 predictions is there once, in order, and bit for bit that of the uncut model.',
      '',
      ' predictions   20,000 from 81,234 fixes in 0:17, 1,163 per s',
      ' latency       p50 412 ms, p99 1.2 s from broker to prediction',
      ' hit rate      top-1 41.3 %, top-3 71.0 %, top-5 78.2 %, median error 500 m of 18,321 with a known truth',
      '   by its card top-1 67.8 % (67.6 ... 67.9), top-3 94.7 %, top-5 99.4 %, median error 0 m, calibration off by 0.8 points',
      ' calibration   given at 35 %: 33 % came true, 65 %: 64 %; off by 1.5 points in the mean',
      ' dead letters  3',
      ' restarts      1',
      ' plan          taxi/p1: cut into 2 (before layers 7), 6 lanes, 1 broker, fleet seed 7',
      ' model         0123456789ab',
      '',
      ' stage     processes      items  batch    infer   decode   encode  payload   memory   dead',
      ` ${'-'.repeat(89)}`,
      ' windower          1     20,000      -        -  0.21 ms  0.43 ms   655 kB   102 MB      3',
      ' stage 1           0     20,000     62    11 ms  0.21 ms  0.43 ms   655 kB        -      0',
      ' stage 2           2     20,000     62    11 ms  0.21 ms  0.43 ms   655 kB   412 MB      0',
    ]);
  });

  it('says in words what is wrong, with examples', () => {
    const text = '2, offset 5 has no prediction (vehicle b)';
    const faults = [{ kind: 'missing', lane: 2, offset: 5, text }] as const;
    const wrong = renderSummary({ ...sound, missing: 1, repeated: 2_000, faults }, plain);
    assert.match(
      wrong,
      /WRONG: Of 20,000 predictions that the fixes call for: 1 is missing, 2,000 are repeated\./,
    );
    assert.ok(wrong.includes(`missing: ${text}`));
    assert.doesNotMatch(wrong, /OK|Every one/);
  });

  it('ends with the alert where predictions come true less often than the card promises', () => {
    const qualityAlert = 'top-1 is 41.3 % over the last hour, below the card’s 67.6 … 67.9 %: look';
    const lines = renderSummary({ ...sound, qualityAlert }, plain).split('\n');
    assert.equal(
      lines.at(-1),
      " ! top-1 is 41.3 % over the last hour, below the card's 67.6 ... 67.9 %: look",
    );
  });

  it('does not boast of a run without predictions', () => {
    const nothing = {
      ...sound,
      ...{ predictions: 0, expected: 0, scored: 0, ratePerS: 0, identicalToUncut: null },
      ...{ latencyP50Ms: null, latencyP99Ms: null, top1: null, top3: null, top5: null },
      ...{ medianErrorM: null, calibration: [], calibrationError: null, card: null },
      ...{ cuts: [], seed: null, stages: [], processes: [] },
    };
    const text = renderSummary(nothing, plain);
    assert.match(text, /No fix called for a prediction, and none was made\./);
    assert.match(text, /top-1 -, top-3 -, top-5 -, median error - of 0/);
    assert.doesNotMatch(text, /calibration|card/);
    assert.match(text, /taxi\/p1: uncut, 6 lanes, 1 broker$/m);
    assert.doesNotMatch(text, /NaN|null|Every one/);
  });

  it('is sound only where no kind of fault was found', () => {
    assert.equal(isSound(sound), true);
    for (const kind of ['missing', 'repeated', 'outOfOrder', 'altered', 'unexpected']) {
      assert.equal(isSound({ ...sound, [kind]: 1 }), false, kind);
    }
  });

  it('takes from the verdict what it says of the predictions', () => {
    const counts = { missing: 1, repeated: 2, outOfOrder: 3, altered: 4, unexpected: 5 };
    const judged = { ...counts, expected: 6, identicalToUncut: false, fixes: 7, faults: [] };
    const rejected = { FIX_IN_FUTURE: 0, FIX_TOO_LATE: 0, FIX_NOT_PLAUSIBLE: 0 };
    assert.deepEqual(judgedFigures({ ...judged, observed: 8, failed: 9, rejected }), judged);
  });
});
