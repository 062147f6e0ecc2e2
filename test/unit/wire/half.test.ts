import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { fromHalf, toHalf } from '../../../src/wire/half.js';
import { fixture } from './fixtures.js';

// Made by numpy.float16: fixtures/make.py.
const numpy = fixture('half.json') as {
  readonly vectors: readonly (readonly [number, number])[];
  readonly sweepStride: number;
  readonly sweepCount: number;
  readonly sweepHalvesSha256: string;
  readonly everyHalfAsFloatSha256: string;
};

describe('float16', () => {
  for (const [bits, half] of numpy.vectors) {
    const value = new Float32Array(Uint32Array.of(bits).buffer)[0];
    it(`of ${String(value)} (${bits.toString(16)}) is numpy's ${half.toString(16)}`, () => {
      assert.deepEqual(toHalf(Uint32Array.of(bits)), Uint16Array.of(half));
    });
  }

  it('of a million floats of every exponent is bit for bit what numpy rounds them to', () => {
    const floats = new Uint32Array(numpy.sweepCount);
    for (let i = 0; i < floats.length; i++) floats[i] = Math.imul(i, numpy.sweepStride);
    assert.equal(sha256(toHalf(floats)), numpy.sweepHalvesSha256);
  });

  it('of every bit pattern is bit for bit the float that numpy makes of it', () => {
    const halves = new Uint16Array(65536).map((_, index) => index);
    assert.equal(sha256(fromHalf(halves)), numpy.everyHalfAsFloatSha256);
  });

  it('is exact there and back for every bit pattern, NaN payloads included', () => {
    const halves = new Uint16Array(65536).map((_, index) => index);
    assert.deepEqual(toHalf(fromHalf(halves)), halves);
  });
});

function sha256(array: Uint16Array | Uint32Array): string {
  return createHash('sha256').update(new Uint8Array(array.buffer)).digest('hex');
}
