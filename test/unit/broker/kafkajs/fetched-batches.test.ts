import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import { createKafka } from '../../../../src/broker/kafka-client.js';
import { createLogger } from '../../../../src/log.js';

createKafka({ brokers: [], clientId: 'test' }, createLogger('test', 'silent'));

const require = createRequire(import.meta.url);
const Decoder = require('kafkajs/src/protocol/decoder.js') as new (bytes: Buffer) => object;
const decodeMessages = require('kafkajs/src/protocol/requests/fetch/v4/decodeMessages.js') as (
  decoder: object,
) => Promise<readonly { readonly offset: string }[] & { readonly behind: number | null }>;

const headerBytes = 61;

/** A record: no key, no value, no headers; an attribute, and two deltas that fit into a byte each. */
function record(offsetDelta: number): number[] {
  const body = [0, 0, 2 * offsetDelta, 1, 1, 0];
  return [2 * body.length, ...body];
}

/** A record batch of version 2 for so many offsets, with the records that compaction has left. */
function batch(baseOffset: number, offsets: number, left: readonly number[]): Buffer {
  const records = Buffer.from(left.flatMap(record));
  const header = Buffer.alloc(headerBytes);
  header.writeBigInt64BE(BigInt(baseOffset), 0);
  header.writeInt32BE(headerBytes - 12 + records.length, 8);
  header.writeInt8(2, 16);
  header.writeInt32BE(offsets - 1, 23);
  header.writeInt32BE(left.length, 57);
  return Buffer.concat([header, records]);
}

/** A lane's part of a response, decoded as kafkajs decodes it for our readers. */
async function decoded(...batches: readonly Buffer[]) {
  const bytes = Buffer.concat(batches);
  const size = Buffer.alloc(4);
  size.writeInt32BE(bytes.length);
  // What follows in the response is of another lane.
  const messages = await decodeMessages(
    new Decoder(Buffer.concat([size, bytes, batch(900, 5, [0])])),
  );
  return { offsets: messages.map(({ offset }) => Number(offset)), behind: messages.behind };
}

describe('the batches of a fetch', () => {
  it('end behind their last record', async () => {
    const found = await decoded(batch(7, 2, [0, 1]), batch(9, 3, [0, 1, 2]));
    assert.deepEqual(found, { offsets: [7, 8, 9, 10, 11], behind: 12 });
  });

  it('end where they did before compaction took their last records, or all', async () => {
    assert.deepEqual(await decoded(batch(7, 5, [0, 2])), { offsets: [7, 9], behind: 12 });
    assert.deepEqual(await decoded(batch(7, 5, [])), { offsets: [], behind: 12 });
  });

  it('that came in part only do not count', async () => {
    const whole = batch(7, 2, [0, 1]);
    const part = batch(9, 3, [0, 1, 2]).subarray(0, -4);
    assert.deepEqual(await decoded(whole, part), { offsets: [7, 8], behind: 9 });
    assert.deepEqual(await decoded(part), { offsets: [], behind: null });
  });

  it('have no end where there are none', async () => {
    assert.deepEqual(await decoded(), { offsets: [], behind: null });
  });
});
