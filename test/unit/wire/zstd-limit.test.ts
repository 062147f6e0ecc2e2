import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { packTensor, unpackTensor, type WireTensor } from '../../../src/wire/tensor.js';
import { compress, decompress, maxZstdBytes, ready } from '../../../src/wire/zstd.js';

await ready();

function tensorOf(elements: number): WireTensor {
  const data = Float32Array.from({ length: elements }, (_, index) => Math.fround(index % 97));
  return { name: 'x', dtype: 'float32', shape: [elements], data };
}

describe('the limit of zstd', () => {
  it('lets tensors of all sizes below it through, one after the other', () => {
    for (const share of [0.2, 0.5, 1, 0.3, 1]) {
      const tensor = tensorOf(Math.floor((share * maxZstdBytes) / 4));
      const body = packTensor(tensor, 'shuffle+zstd');
      assert.equal(body.encoding, 'shuffle_zstd');
      assert.deepEqual(unpackTensor(body).data, tensor.data);
    }
  });

  it('leaves a larger tensor raw', () => {
    const tensor = tensorOf(maxZstdBytes / 4 + 1);
    for (const encoding of ['zstd', 'shuffle+zstd'] as const) {
      const body = packTensor(tensor, encoding);
      assert.equal(body.encoding, 'raw');
      assert.deepEqual(unpackTensor(body).data, tensor.data);
    }
  });

  it('refuses to read a larger one, and reads on', () => {
    const frame = compress(new Uint8Array(16));
    assert.throws(() => decompress(frame, maxZstdBytes + 4), { code: 'INVALID_TENSOR' });
    assert.deepEqual(decompress(frame, 16), new Uint8Array(16));
  });
});
