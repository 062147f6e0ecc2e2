import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import { crc32c } from '@node-rs/crc32';
import fc from 'fast-check';
import { BufferPool } from '../../../src/broker/buffer-pool.js';
import { sequenceAfter } from '../../../src/broker/fenced-lane.js';
import { wholeValue, type OutgoingRecord } from '../../../src/broker/lane-writer.js';
import { RecordBatch, type BatchOrigin } from '../../../src/broker/record-batch.js';

const require = createRequire(import.meta.url);
const Decoder = require('kafkajs/src/protocol/decoder.js') as new (bytes: Buffer) => object;
const decodeBatch = require('kafkajs/src/protocol/recordBatch/v0/decoder.js') as (
  decoder: object,
) => Promise<{
  readonly producerId: string;
  readonly producerEpoch: number;
  readonly firstSequence: number;
  readonly records: readonly {
    readonly offset: string;
    readonly timestamp: string;
    readonly key: Buffer | null;
    readonly value: Buffer;
    readonly headers: Record<string, Buffer>;
  }[];
}>;

function bytesOf(records: readonly OutgoingRecord[], origin?: BatchOrigin): Buffer {
  const batch = new RecordBatch(records, origin);
  // Something stands before it, and something behind it that must stay.
  const target = Buffer.alloc(7 + batch.byteLength + 3, 0xee);
  batch.writeTo(target, 7, 1_709_478_000_000);
  assert.deepEqual(target.subarray(-3), Buffer.alloc(3, 0xee));
  return target.subarray(7, -3);
}

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const records = fc.array(
  fc.record({
    key: fc.oneof(fc.constant(null), fc.string({ maxLength: 20 }), bytes),
    value: bytes,
    tail: fc.array(bytes, { maxLength: 3 }),
    headers: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), bytes, { maxKeys: 3 }),
  }),
  { minLength: 1, maxLength: 200 },
);

describe('a record batch', () => {
  it('is read by kafkajs as it was meant, whatever is in its records', async () => {
    await fc.assert(
      fc.asyncProperty(records, async (sent) => {
        const { records: read } = await decodeBatch(new Decoder(bytesOf(sent)));
        assert.equal(read.length, sent.length);
        read.forEach(({ offset, timestamp, key, value, headers }, at) => {
          const record = sent[at];
          assert(record !== undefined);
          assert.equal(offset, String(at));
          assert.equal(timestamp, '1709478000000');
          assert.deepEqual(key, record.key === null ? null : Buffer.from(record.key));
          assert.deepEqual(Buffer.from(value), wholeValue(record));
          assert.deepEqual({ ...headers }, { ...record.headers });
        });
      }),
      { numRuns: 60 },
    );
  });

  it('has the checksum of what comes behind it', () => {
    const batch = bytesOf([{ key: 'taxi-1', value: Buffer.from('value') }]);
    assert.equal(batch.readUInt32BE(17), crc32c(batch.subarray(21)));
    assert.equal(batch.readInt32BE(8), batch.length - 12);
  });

  it('says whose it is, or that it is nobody’s', async () => {
    const record = { key: null, value: Buffer.from('v') };
    const mine = { producerId: '9007199254740993', producerEpoch: 7, sequence: 2_147_483_647 };
    const { producerId, producerEpoch, firstSequence } = await decodeBatch(
      new Decoder(bytesOf([record], mine)),
    );
    assert.deepEqual([producerId, producerEpoch, firstSequence], Object.values(mine));
    const nobody = await decodeBatch(new Decoder(bytesOf([record])));
    assert.deepEqual([nobody.producerId, nobody.producerEpoch], ['-1', -1]);
  });
});

describe('sequence numbers', () => {
  it('begin again at 0 behind the largest int32', () => {
    assert.equal(sequenceAfter(5, 3), 8);
    assert.equal(sequenceAfter(2 ** 31 - 2, 1), 2 ** 31 - 1);
    assert.equal(sequenceAfter(2 ** 31 - 1, 1), 0);
    assert.equal(sequenceAfter(2 ** 31 - 3, 5), 2);
  });
});

describe('the pool of buffers', () => {
  const large = 200_000;

  it('gives a large buffer again once it was given back, and never before', () => {
    const pool = new BufferPool(2);
    const [first, second] = [pool.take(large), pool.take(large)];
    assert.notEqual(first.buffer, second.buffer);
    pool.release(first);
    const third = pool.take(large - 5);
    assert.equal(third.buffer, first.buffer);
    assert.equal(third.byteLength, large - 5);
  });

  it('keeps the largest few, and looks after no small ones', () => {
    const pool = new BufferPool(1);
    const [middle, largest] = [pool.take(large), pool.take(3 * large)];
    pool.release(largest);
    pool.release(middle);
    assert.equal(pool.take(large).buffer, largest.buffer);
    assert.notEqual(pool.take(large).buffer, middle.buffer);
    const small = pool.take(100);
    pool.release(small);
    assert.equal(pool.take(100).byteLength, 100);
  });
});
