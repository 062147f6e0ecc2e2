import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { requestsOf } from '../../../src/broker/requests-of.js';

const mebibyte = Buffer.alloc(2 ** 20);

describe('the requests of a send', () => {
  it('hold as many records as their limit allows, in their order', () => {
    const records = [0, 1, 2, 3, 4].map((number) => ({ key: `${number}`, value: mebibyte }));
    const keys = requestsOf(records).map((request) => request.map(({ key }) => key));
    assert.deepEqual(keys, [['0'], ['1'], ['2'], ['3'], ['4']]);
    const small = [0, 1, 2].map((number) => ({ key: `${number}`, value: Buffer.alloc(2 ** 19) }));
    assert.equal(requestsOf(small).length, 1);
  });

  it('count what comes behind a value, and take a record above the limit by itself', () => {
    const large = { key: null, value: Buffer.alloc(1), tail: [mebibyte, mebibyte, mebibyte] };
    const little = { key: null, value: Buffer.alloc(1) };
    const sizes = requestsOf([little, large, little]).map(({ length }) => length);
    assert.deepEqual(sizes, [1, 1, 1]);
  });

  it('are none of nothing', () => {
    assert.deepEqual(requestsOf([]), []);
  });
});
