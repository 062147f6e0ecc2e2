import fc from 'fast-check';
import type { GeoFix } from '../../../src/geo/fix.js';
import type { DeadLetter } from '../../../src/wire/dead-letter.js';
import type { ModelManifest } from '../../../src/wire/model-manifest.js';
import type { NodeOffer } from '../../../src/wire/node-offer.js';
import type { PlanRecord } from '../../../src/wire/partition-plan.js';
import type { Prediction } from '../../../src/wire/prediction.js';
import type { TensorBatch, WireTensor } from '../../../src/wire/tensor-batch.js';
import type { WorkerReport } from '../../../src/wire/worker-report.js';

const text = fc.string({ unit: 'binary' });
const int = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const offset = fc.nat({ max: 2 ** 53 - 2 });
const timeMs = fc.integer({ min: -(2 ** 45), max: 2 ** 45 });
const double = fc.double({ noNaN: true });
const bytes = fc.uint8Array({ maxLength: 50 }).map((array) => Buffer.from(array));

/** Any fix, plausible or not. */
export const anyFix: fc.Arbitrary<GeoFix> = fc.record(
  {
    vehicleId: text,
    eventTimeMs: timeMs,
    latitude: double,
    longitude: double,
    speedMps: double,
    bearingDeg: double,
    accuracyM: double,
    source: text,
  },
  { requiredKeys: ['vehicleId', 'eventTimeMs', 'latitude', 'longitude'] },
);

const anyShape = fc.array(fc.nat({ max: 4 }), { maxLength: 4 });
const anyTensor: fc.Arbitrary<WireTensor> = fc
  .tuple(text, anyShape, fc.boolean())
  .chain(([name, shape, isFloat]) => {
    const length = shape.reduce((product, size) => product * size, 1);
    const exactly = { minLength: length, maxLength: length };
    return isFloat
      ? fc
          .float32Array(exactly)
          .map((data): WireTensor => ({ name, dtype: 'float32', shape, data }))
      : fc.int32Array(exactly).map((data): WireTensor => ({ name, dtype: 'int32', shape, data }));
  });

/** Any batch whose tensors fit their shapes. */
export const anyBatch: fc.Arbitrary<TensorBatch> = fc.record({
  plan: text,
  stage: int,
  covers: fc.tuple(offset, offset).map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) })),
  items: fc.array(
    fc.record({
      offset,
      key: text,
      eventTimeMs: timeMs,
      ingestTimeMs: timeMs,
      failure: fc.option(fc.record({ code: text, message: text, stage: int })),
      replay: fc.option(fc.record({ of: offset, broughtWindow: fc.boolean() })),
    }),
  ),
  tensors: fc.array(anyTensor, { maxLength: 3 }),
});

/** Any prediction. */
export const anyPrediction: fc.Arbitrary<Prediction> = fc.record({
  vehicleId: text,
  eventTimeMs: timeMs,
  cell: int,
  candidates: fc.array(
    fc.record({
      cell: int,
      latitude: fc.option(double),
      longitude: fc.option(double),
      probability: fc.float(),
    }),
  ),
  modelDigest: text,
  plan: text,
  lane: int,
  offset,
  ingestTimeMs: timeMs,
  predictedTimeMs: timeMs,
  replayOf: fc.option(offset),
});

/** Any dead letter. */
export const anyLetter: fc.Arbitrary<DeadLetter> = fc.record({
  topic: text,
  lane: int,
  offset,
  item: fc.option(int),
  code: text,
  message: text,
  timeMs,
  key: fc.option(bytes),
  value: fc.option(bytes),
  headers: fc.array(fc.tuple(text, bytes)).map((entries) => Object.fromEntries(entries)),
  truncatedFromBytes: fc.option(offset),
});

/** Any manifest. */
export const anyManifest: fc.Arbitrary<ModelManifest> = fc.record({
  digest: text,
  name: text,
  createdAtMs: timeMs,
  files: fc.array(fc.record({ path: text, bytes: offset, chunks: fc.array(text) })),
});

/** Any plan. */
export const anyPlan: fc.Arbitrary<PlanRecord> = fc.record({
  name: text,
  pipeline: text,
  modelDigest: text,
  lanes: int,
  topK: int,
  encoding: fc.constantFrom('raw', 'f16', 'zstd', 'shuffle+zstd'),
  strategy: text,
  cuts: fc.array(int),
  startOffsets: fc.array(offset),
  rules: fc.record({
    steps: int,
    tripGapMs: offset,
    maxSpeedKmh: double,
    maxFutureMs: offset,
    memoryMs: offset,
  }),
  createdAtMs: timeMs,
  stages: fc.array(
    fc.record({
      nodes: fc.array(text),
      replicas: int,
      computeMs: double,
      hopMs: double,
      itemsPerS: double,
    }),
  ),
  predictedItemsPerS: double,
  predictedLatencyMs: double,
});

/** Any offer. */
export const anyOffer: fc.Arbitrary<NodeOffer> = fc.record({
  node: text,
  cores: double,
  memoryBytes: offset,
  speed: double,
  uploadBytesPerS: double,
  downloadBytesPerS: double,
  roundTripMs: double,
  modelDigest: text,
  measuredAtMs: timeMs,
  profile: text,
});

/** Any report. */
export const anyReport: fc.Arbitrary<WorkerReport> = fc.record({
  worker: text,
  role: fc.constantFrom('windower', 'stage', 'sink', 'feed', 'unknown'),
  stage: int,
  plan: text,
  pid: int,
  timeMs,
  startedAtMs: timeMs,
  lanes: fc.array(int),
  lag: offset,
  items: offset,
  records: offset,
  deadLetters: offset,
  batchItems: double,
  inferenceMs: double,
  decodeMs: double,
  encodeMs: double,
  payloadBytes: double,
  rssBytes: offset,
  coveredTo: fc.array(fc.record({ lane: int, offset })),
  quality: fc.array(
    fc.record({
      windowMs: offset,
      scored: offset,
      top1: offset,
      top3: offset,
      top5: offset,
      errors: fc.array(fc.record({ metres: double, predictions: offset })),
      reliability: fc.array(
        fc.record({ predictions: offset, probabilitySum: double, hits: offset }),
      ),
    }),
    { maxLength: 3 },
  ),
});
