import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import type { GeoFix } from '../../../src/geo/fix.js';
import { decodeDeadLetter, encodeDeadLetter } from '../../../src/wire/dead-letter.js';
import { decodeGeoFixRecord, encodeGeoFix } from '../../../src/wire/geo-fix.js';
import { decodeModelManifest, encodeModelManifest } from '../../../src/wire/model-manifest.js';
import { decodeNodeOffer, encodeNodeOffer } from '../../../src/wire/node-offer.js';
import { decodePlanRecord, encodePlanRecord } from '../../../src/wire/partition-plan.js';
import { decodePrediction, encodePrediction } from '../../../src/wire/prediction.js';
import { decodeTensorBatch, encodeTensorBatch } from '../../../src/wire/tensor-batch.js';
import { decodeWorkerReport, encodeWorkerReport } from '../../../src/wire/worker-report.js';
import { ready } from '../../../src/wire/zstd.js';
import {
  anyBatch,
  anyFix,
  anyLetter,
  anyManifest,
  anyOffer,
  anyPlan,
  anyPrediction,
  anyReport,
} from './arbitrary-records.js';

describe('what is encoded is decoded as it was', () => {
  before(ready);

  it('any fix', () => {
    fc.assert(
      fc.property(anyFix, (fix) => {
        assert.deepEqual(decodeGeoFixRecord(encodeGeoFix(fix)), fieldsOf(fix));
      }),
    );
  });
  for (const encoding of ['raw', 'zstd', 'shuffle+zstd'] as const) {
    it(`any batch, its tensors ${encoding}`, () => {
      returns(anyBatch, (batch) => decodeTensorBatch(encodeTensorBatch(batch, encoding)));
    });
  }
  it('any batch, its tensors f16: the second time too', () => {
    fc.assert(
      fc.property(anyBatch, (batch) => {
        const once = decodeTensorBatch(encodeTensorBatch(batch, 'f16'));
        assert.deepEqual(decodeTensorBatch(encodeTensorBatch(once, 'f16')), once);
      }),
    );
  });
  it('any prediction', () => {
    returns(anyPrediction, (prediction) => decodePrediction(encodePrediction(prediction)));
  });
  it('any dead letter', () => {
    returns(anyLetter, (letter) => decodeDeadLetter(encodeDeadLetter(letter)));
  });
  it('any model manifest', () => {
    returns(anyManifest, (manifest) => decodeModelManifest(encodeModelManifest(manifest)));
  });
  it('any node offer', () => {
    returns(anyOffer, (offer) => decodeNodeOffer(encodeNodeOffer(offer)));
  });
  it('any plan', () => {
    returns(anyPlan, (plan) => decodePlanRecord(encodePlanRecord(plan)));
  });
  it('any worker report', () => {
    returns(anyReport, (report) => decodeWorkerReport(encodeWorkerReport(report)));
  });
});

function returns<Value>(any: fc.Arbitrary<Value>, roundTrip: (value: Value) => Value): void {
  // fast-check makes objects without prototypes too; their values are what counts.
  fc.assert(fc.property(any, (value) => assert.deepEqual(roundTrip(value), plain(value))));
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
}

/** A fix under the names of its record. */
function fieldsOf(fix: GeoFix): unknown {
  return {
    vehicleId: fix.vehicleId,
    eventTime: fix.eventTimeMs,
    latitude: fix.latitude,
    longitude: fix.longitude,
    speed: fix.speedMps ?? null,
    bearing: fix.bearingDeg ?? null,
    accuracy: fix.accuracyM ?? null,
    source: fix.source ?? null,
  };
}
