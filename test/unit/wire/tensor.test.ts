import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { copyElements, packTensor, unpackTensor } from '../../../src/wire/tensor.js';
import type { Encoding, TensorBody, WireTensor } from '../../../src/wire/tensor.js';
import { decodeTensorBatch, encodeTensorBatch } from '../../../src/wire/tensor-batch.js';
import { ready } from '../../../src/wire/zstd.js';
import { batchOf, floats } from './golden-values.js';

await ready();

const encodings: readonly Encoding[] = ['raw', 'f16', 'zstd', 'shuffle+zstd'];
const activations = floats(
  [64, 20, 16],
  'gru',
  Array.from({ length: 64 * 20 * 16 }, (_, index) => Math.tanh(Math.sin(index) * 3)),
);

describe('a tensor', () => {
  for (const encoding of encodings) {
    it(`of int32 is the same after ${encoding}`, () => {
      const data = Int32Array.from({ length: 1280 }, (_, index) => index % 1456);
      const ids: WireTensor = { name: 'cells', dtype: 'int32', shape: [64, 20], data };
      assert.deepEqual(roundTrip(ids, encoding), ids);
    });

    it(`without items is the same after ${encoding}`, () => {
      const empty = floats([0, 20, 16], 'gru', []);
      assert.deepEqual(roundTrip(empty, encoding), empty);
    });

    it(`without axes, a scalar, is the same after ${encoding}`, () => {
      const scalar = floats([], 'loss', [0.5]);
      assert.deepEqual(roundTrip(scalar, encoding), scalar);
    });
  }

  for (const encoding of ['raw', 'zstd', 'shuffle+zstd'] as const) {
    it(`of float32 is bit for bit the same after ${encoding}`, () => {
      const bits = Uint32Array.from({ length: 4096 }, (_, index) => Math.imul(index, 0x9e3779b1));
      const data = new Float32Array(bits.buffer);
      const back = roundTrip({ name: 'x', dtype: 'float32', shape: [4096], data }, encoding);
      assert.deepEqual(Buffer.from(back.data.buffer), Buffer.from(bits.buffer));
    });
  }

  it('of float32 under f16 takes half the bytes and keeps three digits', () => {
    const body = packTensor(activations, 'f16');
    assert.equal(body.data.length, activations.data.length * 2);
    const back = unpackTensor(body).data;
    for (const [index, value] of activations.data.entries()) {
      assert.ok(Math.abs((back[index] ?? NaN) - value) <= Math.abs(value) * 2 ** -11 + 2 ** -25);
    }
  });

  it('that a compressor makes no smaller travels raw', () => {
    const noise = floats([4], 'noise', [0.1, -7.3e-12, 1.9e22, 5]);
    assert.equal(packTensor(noise, 'zstd').encoding, 'raw');
  });

  it('comes out aligned, wherever its bytes lie, whole and copied', () => {
    const record = encodeTensorBatch(batchOf(activations));
    for (let shift = 0; shift < 4; shift++) {
      const shared = Buffer.alloc(record.length + 4);
      record.copy(shared, shift);
      const batch = decodeTensorBatch(shared.subarray(shift, shift + record.length));
      const [tensor] = batch.tensors;
      assert(tensor !== undefined);
      const copy = new Float32Array(activations.data.length + 3);
      copyElements(tensor, copy, 2);
      assert.deepEqual(copy.subarray(2, -1), activations.data);
      assert.deepEqual(batch, batchOf(activations));
      // Its elements are views of the record or a copy, made once.
      assert.equal(tensor.data, tensor.data);
    }
  });

  it('that is a view into a larger array takes only its own elements along', () => {
    const all = Float32Array.of(9, 9, 1, 2, 9);
    const view: WireTensor = { name: 'x', dtype: 'float32', shape: [2], data: all.subarray(2, 4) };
    assert.deepEqual(roundTrip(view, 'raw').data, Float32Array.of(1, 2));
    assert.deepEqual(roundTrip(view, 'f16').data, Float32Array.of(1, 2));
  });
});

describe('INVALID_TENSOR is what is said of', () => {
  const good = packTensor(floats([2, 3], 'x', [1, 2, 3, 4, 5, 6]), 'raw');

  const unreadable: Record<string, Partial<TensorBody>> = {
    'data that are shorter than the shape': { data: Buffer.alloc(20) },
    'data that are longer than the shape': { data: Buffer.alloc(28) },
    'raw data under f16': { encoding: 'f16' },
    'int32 under f16': { encoding: 'f16', dtype: 'int32', data: Buffer.alloc(12) },
    'raw data under zstd': { encoding: 'zstd' },
    'no data under zstd': { encoding: 'zstd', data: Buffer.alloc(0) },
    'a frame of another length under zstd': {
      encoding: 'zstd',
      data: packTensor(floats([64], 'y', new Array<number>(64).fill(0)), 'zstd').data,
    },
    'data where the shape has none, under zstd': { encoding: 'zstd', shape: [0, 3] },
    'a negative length in the shape': { shape: [-2, -3] },
    'a shape of more bytes than any record can hold': {
      shape: [2147483647, 2147483647],
      encoding: 'zstd',
    },
    'an element type of a later version': { dtype: 'unknown' },
    'an encoding of a later version': { encoding: 'unknown' },
  };
  for (const [what, change] of Object.entries(unreadable)) {
    it(what, () => {
      const expected = { code: 'INVALID_TENSOR', disposition: 'deadLetter' };
      assert.throws(() => unpackTensor({ ...good, ...change }), expected);
    });
  }

  const unwritable: Record<string, Partial<WireTensor>> = {
    'fewer elements than the shape': { data: new Float32Array(5) },
    'int32 data called float32': { data: new Int32Array(6) },
    'a length that is no integer': { shape: [1.5, 4] },
  };
  for (const [what, change] of Object.entries(unwritable)) {
    it(`${what}, when a record is written`, () => {
      const tensor = { ...floats([2, 3], 'x', [1, 2, 3, 4, 5, 6]), ...change };
      const expected = { code: 'INVALID_TENSOR', disposition: 'fatal' };
      assert.throws(() => encodeTensorBatch(batchOf(tensor)), expected);
    });
  }
});

function roundTrip(tensor: WireTensor, encoding: Encoding): WireTensor {
  return unpackTensor(packTensor(tensor, encoding));
}
