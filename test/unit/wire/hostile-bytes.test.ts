import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import { WireError } from '../../../src/wire/errors.js';
import { newestSchema, SchemaSet } from '../../../src/wire/schema-set.js';
import { ready } from '../../../src/wire/zstd.js';
import { goldenRecord, goldenRecords } from './fixtures.js';
import { decoders } from './golden-values.js';

/** Says what became of bytes; anything but a value or a WireError fails the test. */
function outcome(schemaName: string, bytes: Uint8Array): string {
  try {
    decoders[schemaName]?.(bytes);
    return 'decoded';
  } catch (thrown) {
    if (thrown instanceof WireError && thrown.disposition === 'deadLetter') return thrown.code;
    throw thrown;
  }
}

describe('bytes from anywhere give a value or a WireError', () => {
  before(ready);

  for (const schemaName of Object.keys(decoders)) {
    it(`random bytes read as ${schemaName}`, () => {
      fc.assert(
        fc.property(fc.uint8Array(), (bytes) => {
          assert.notEqual(outcome(schemaName, bytes), 'INVALID_TENSOR');
        }),
      );
    });

    it(`random bodies behind the fingerprint of ${schemaName}`, () => {
      const { fingerprint } = newestSchema(schemaName);
      const header = Buffer.from(`01c3${fingerprint}`, 'hex').reverse();
      const start = Buffer.concat([header.subarray(8), header.subarray(0, 8)]);
      fc.assert(
        fc.property(fc.uint8Array({ size: '+1' }), (body) => {
          const met = outcome(schemaName, Buffer.concat([start, body]));
          assert.ok(met === 'decoded' || met === 'INVALID_RECORD' || met === 'INVALID_TENSOR', met);
        }),
        { numRuns: 500 },
      );
    });
  }

  for (const [name, record] of goldenRecords) {
    const schemaName = name.split('.')[0] ?? '';

    it(`${name} cut off anywhere`, () => {
      for (let length = 0; length < record.length; length++) {
        const met = outcome(schemaName, record.subarray(0, length));
        assert.equal(met, length < 10 ? 'UNKNOWN_FORMAT' : 'INVALID_RECORD');
      }
    });

    it(`${name} with something behind it`, () => {
      const longer = Buffer.concat([record, Buffer.of(0)]);
      assert.equal(outcome(schemaName, longer), 'INVALID_RECORD');
    });

    it(`${name} with any one byte changed`, () => {
      for (let index = 0; index < record.length; index++) {
        for (const change of [0x01, 0x80, 0xff]) {
          const changed = Buffer.from(record);
          changed[index] = (changed[index] ?? 0) ^ change;
          outcome(schemaName, changed);
        }
      }
    });
  }

  it('an array that announces a trillion items is refused at once', () => {
    const record = goldenRecord('tensor-batch.v1/no-items');
    // The record ends with two empty arrays, a zero byte each. 2^40 as a zigzag number:
    const count = Buffer.of(0x80, 0x80, 0x80, 0x80, 0x80, 0x40);
    const hostile = Buffer.concat([record.subarray(0, -2), count]);
    assert.equal(outcome('tensor-batch', hostile), 'INVALID_RECORD');
  });

  it('an array of elements without bytes is no way around that', () => {
    const schemas = new SchemaSet();
    const field = { name: 'nulls', type: { type: 'array', items: 'null' } };
    const writer = schemas.add({ type: 'record', name: 'GeoFix', fields: [field] });
    const body = Buffer.of(0x80, 0x80, 0x80, 0x80, 0x80, 0x40, 0);
    assert.throws(() => writer.decode(body, 0, writer), { code: 'INVALID_RECORD' });
  });

  it('text that is not UTF-8 is refused, not changed', () => {
    const record = Buffer.from(goldenRecord('geo-fix.v1/full'));
    record[record.indexOf('대전')] = 0xff;
    assert.equal(outcome('geo-fix', record), 'INVALID_RECORD');
  });
});
