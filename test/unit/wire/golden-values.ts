import { decodeDeadLetter, encodeDeadLetter } from '../../../src/wire/dead-letter.js';
import type { DeadLetter } from '../../../src/wire/dead-letter.js';
import { decodeGeoFixRecord, encodeGeoFix } from '../../../src/wire/geo-fix.js';
import { decodeModelManifest, encodeModelManifest } from '../../../src/wire/model-manifest.js';
import { decodeNodeOffer, encodeNodeOffer } from '../../../src/wire/node-offer.js';
import { decodePlanRecord, encodePlanRecord } from '../../../src/wire/partition-plan.js';
import { decodePrediction, encodePrediction } from '../../../src/wire/prediction.js';
import { decodeTensorBatch, encodeTensorBatch } from '../../../src/wire/tensor-batch.js';
import type { TensorBatch, WireTensor } from '../../../src/wire/tensor-batch.js';
import { decodeWorkerReport, encodeWorkerReport } from '../../../src/wire/worker-report.js';
import type { WorkerReport } from '../../../src/wire/worker-report.js';
import { forecast, leastOffer, offer, plan } from './golden-plans.js';

/** What a golden record must decode to, written down by hand, and how it was made. */
export interface GoldenValue {
  readonly decoded: unknown;
  /** Missing where another library's bytes may differ: compression. */
  readonly encode?: () => Buffer;
}

/** Reads a record, by the name of its schema. */
export const decoders: Readonly<Record<string, (bytes: Uint8Array) => unknown>> = {
  'geo-fix': decodeGeoFixRecord,
  'tensor-batch': decodeTensorBatch,
  prediction: decodePrediction,
  'dead-letter': decodeDeadLetter,
  'model-manifest': decodeModelManifest,
  'node-offer': decodeNodeOffer,
  'partition-plan': decodePlanRecord,
  'worker-report': decodeWorkerReport,
};

const ids: WireTensor = {
  name: 'cells',
  dtype: 'int32',
  shape: [2, 3],
  data: Int32Array.of(0, 0, 7, 0, 7, 1456),
};
const exact = floats([2, 3], 'gru', [1, -2.5, 0.1, 65504, 3e-8, -0]);
// 0.1 and 3e-8 are rounded to the nearest of ten bits: 1638 / 16384, and the smallest subnormal.
const halved = floats([2, 3], 'gru', [1, -2.5, 1638 / 16384, 65504, 2 ** -24, -0]);
const ramp = floats(
  [2, 48],
  'ramp',
  Array.from({ length: 96 }, (_, index) => index / 8),
);

const fix = {
  vehicleId: '대전30바1234',
  latitude: 36.3504,
  longitude: 127.3845,
  source: 'fleet',
};
const prediction = {
  vehicleId: 'taxi-1',
  eventTimeMs: 1709478000000,
  cell: 0,
  candidates: [
    { cell: 7, latitude: 36.35, longitude: 127.38, probability: 0.75 },
    { cell: 0, latitude: null, longitude: null, probability: 0.125 },
  ],
  modelDigest: 'ab'.repeat(32),
  plan: 'p1',
  lane: 5,
  offset: 4000000001,
  ingestTimeMs: 1709478000123,
  predictedTimeMs: 1709478000456,
  replayOf: null,
};
const replayed = { ...prediction, replayOf: 3999999999 };
/** A dead letter of a whole record. */
export const deadRecord: DeadLetter = {
  topic: 'taxi.fixes',
  lane: 3,
  offset: 17,
  item: null,
  code: 'UNKNOWN_FORMAT',
  message: '17 bytes that begin with ff are no known record',
  timeMs: 1709478000000,
  key: Buffer.from('taxi-1'),
  value: Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
  headers: { trace: Buffer.of(0, 255), empty: Buffer.alloc(0) },
  truncatedFromBytes: 20000000,
};
const deadItem: DeadLetter = {
  topic: 'taxi.p1.stage-2',
  lane: 0,
  offset: 0,
  item: 5000000063,
  code: 'INFERENCE',
  message: '',
  timeMs: 0,
  key: null,
  value: null,
  headers: {},
  truncatedFromBytes: null,
};
const manifest = {
  digest: 'cd'.repeat(32),
  name: 'daejeon',
  createdAtMs: 1709478000000,
  files: [
    { path: 'model.json', bytes: 12345, chunks: ['01'.repeat(32)] },
    {
      path: 'weights/group1.bin',
      bytes: 5000000000,
      chunks: ['23'.repeat(32), '45'.repeat(32)],
    },
  ],
};
const report = {
  worker: 'stage-2-a',
  role: 'stage',
  stage: 2,
  plan: 'p1',
  pid: 4321,
  timeMs: 1709478060000,
  startedAtMs: 1709478000000,
  lanes: [0, 2, 4],
  lag: 12,
  items: 5000000000,
  records: 80000000,
  deadLetters: 1,
  batchItems: 62.5,
  inferenceMs: 11.25,
  decodeMs: 0.5,
  encodeMs: 0.25,
  payloadBytes: 655360.5,
  rssBytes: 419430400,
  coveredTo: [
    { lane: 0, offset: 100 },
    { lane: 2, offset: 4000000000 },
  ],
  quality: [],
} as const;
const sinkReport: WorkerReport = {
  ...report,
  ...{ role: 'sink', stage: 0 },
  quality: [
    {
      ...{ windowMs: 300000, scored: 4, top1: 2, top3: 3, top5: 4 },
      errors: [
        { metres: 0, predictions: 2 },
        { metres: 707.5, predictions: 1 },
      ],
      reliability: [
        { predictions: 1, probabilitySum: 0.25, hits: 0 },
        { predictions: 3, probabilitySum: 2.5, hits: 2 },
      ],
    },
    {
      ...{ windowMs: 0, scored: 5000000000, top1: 4000000000, top3: 4500000000, top5: 5000000000 },
      ...{ errors: [], reliability: [] },
    },
  ],
};
const marks = [
  { of: 3999999999, broughtWindow: true },
  { of: -1, broughtWindow: false },
] as const;
const plainBatch = batchOf(ids);
const replays: TensorBatch = {
  ...plainBatch,
  items: plainBatch.items.map((item, at) => ({ ...item, replay: marks[at] ?? null })),
};
const noItems: TensorBatch = {
  plan: 'p1',
  stage: 0,
  covers: { from: 0, to: 9007199254740990 },
  items: [],
  tensors: [],
};

/** By the names of fixtures/make.py. */
export const goldenValues: Readonly<Record<string, GoldenValue>> = {
  'geo-fix.v1/full': {
    decoded: { ...fix, eventTime: 1709478000000, speed: 12.5, bearing: 270, accuracy: 4.25 },
    encode: () =>
      encodeGeoFix({
        ...fix,
        eventTimeMs: 1709478000000,
        speedMps: 12.5,
        bearingDeg: 270,
        accuracyM: 4.25,
      }),
  },
  'geo-fix.v1/least': {
    decoded: {
      vehicleId: 'taxi-1',
      eventTime: -1,
      latitude: -36,
      longitude: -127,
      speed: null,
      bearing: null,
      accuracy: null,
      source: null,
    },
    encode: () =>
      encodeGeoFix({ vehicleId: 'taxi-1', eventTimeMs: -1, latitude: -36, longitude: -127 }),
  },
  'tensor-batch.v1/raw': { decoded: batchOf(exact, ids) },
  'tensor-batch.v1/f16': { decoded: batchOf(halved, ids) },
  'tensor-batch.v1/zstd': { decoded: batchOf(ramp) },
  'tensor-batch.v1/zstd-without-length': { decoded: batchOf(ramp) },
  'tensor-batch.v1/zstd-with-checksum': { decoded: batchOf(ramp) },
  'tensor-batch.v1/shuffle-zstd': { decoded: batchOf(ramp) },
  'tensor-batch.v1/no-items': { decoded: noItems },
  'tensor-batch.v2/no-replays': {
    decoded: batchOf(exact, ids),
    encode: () => encodeTensorBatch(batchOf(exact, ids)),
  },
  'tensor-batch.v2/f16': {
    decoded: batchOf(halved, ids),
    encode: () => encodeTensorBatch(batchOf(exact, ids), 'f16'),
  },
  'tensor-batch.v2/replays': {
    decoded: replays,
    encode: () => encodeTensorBatch(replays),
  },
  'tensor-batch.v2/no-items': { decoded: noItems, encode: () => encodeTensorBatch(noItems) },
  'prediction.v1/top-2': { decoded: prediction },
  'prediction.v2/top-2': { decoded: prediction, encode: () => encodePrediction(prediction) },
  'prediction.v2/replay': { decoded: replayed, encode: () => encodePrediction(replayed) },
  'dead-letter.v1/record': { decoded: deadRecord, encode: () => encodeDeadLetter(deadRecord) },
  'dead-letter.v1/item': { decoded: deadItem, encode: () => encodeDeadLetter(deadItem) },
  'model-manifest.v1/two-files': {
    decoded: manifest,
    encode: () => encodeModelManifest(manifest),
  },
  'node-offer.v1/measured': { decoded: offer, encode: () => encodeNodeOffer(offer) },
  'node-offer.v1/least': { decoded: leastOffer, encode: () => encodeNodeOffer(leastOffer) },
  'partition-plan.v1/three-sub-models': { decoded: plan },
  'partition-plan.v2/no-forecast': { decoded: plan, encode: () => encodePlanRecord(plan) },
  'partition-plan.v2/forecast': { decoded: forecast, encode: () => encodePlanRecord(forecast) },
  'worker-report.v1/stage': { decoded: report },
  'worker-report.v2/stage': { decoded: report, encode: () => encodeWorkerReport(report) },
  'worker-report.v2/sink': { decoded: sinkReport, encode: () => encodeWorkerReport(sinkReport) },
};

/** The items of the golden batches with these tensors. */
export function batchOf(...tensors: WireTensor[]): TensorBatch {
  return {
    plan: 'p1',
    stage: 1,
    covers: { from: 4000000000, to: 4000000010 },
    items: [
      {
        offset: 4000000001,
        key: '대전30바1234',
        eventTimeMs: 1709478000000,
        ingestTimeMs: 1709478000123,
        failure: null,
        replay: null,
      },
      {
        offset: 4000000009,
        key: 'taxi-2',
        eventTimeMs: 1709478001000,
        ingestTimeMs: 1709478001456,
        failure: { code: 'INFERENCE', message: 'not finite', stage: 1 },
        replay: null,
      },
    ],
    tensors,
  };
}

/** A float32 tensor. */
export function floats(shape: number[], name: string, values: number[]): WireTensor {
  return { name, dtype: 'float32', shape, data: Float32Array.from(values) };
}
