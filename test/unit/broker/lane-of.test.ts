import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { laneOf } from '../../../src/broker/lane-of.js';

/** Signed 32-bit murmur2 of texts in UTF-8, as Kafka's Java client computes it. */
const murmur2: readonly (readonly [string, number])[] = [
  // testMurmur2 in the client's own UtilsTest.
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
  // What org.apache.kafka.common.utils.Utils of kafka-clients 3.9.1 gives.
  ['taxi-1', -183454111],
  ['대전30바1234', 968092465],
];

describe('the lane of a vehicle', () => {
  for (const [vehicleId, hash] of murmur2) {
    it(`"${vehicleId}" is where Kafka's Java client puts a record with that key`, () => {
      for (const lanes of [1, 2, 6, 100, 1_024, 7_919]) {
        assert.equal(laneOf(vehicleId, lanes), (hash & 0x7fffffff) % lanes);
      }
    });
  }
});
