import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deadLetterHeaders } from '../../../src/wire/dead-letter.js';
import { deadRecord } from './golden-values.js';

describe('the headers of a dead letter', () => {
  // The names are those of KIP-1034, as Kafka 4.2's ExceptionHandlerUtils writes them.
  it("say where it was and why under Kafka Streams' names", () => {
    assert.deepEqual(deadLetterHeaders(deadRecord), {
      '__streams.errors.exception': `UNKNOWN_FORMAT: ${deadRecord.message}`,
      '__streams.errors.message': deadRecord.message,
      '__streams.errors.topic': 'taxi.fixes',
      '__streams.errors.partition': '3',
      '__streams.errors.offset': '17',
      '__stagecoach.errors.code': 'UNKNOWN_FORMAT',
      '__stagecoach.errors.time': '1709478000000',
    });
  });

  it('say which item of the record it was, if it was one', () => {
    const headers = deadLetterHeaders({ ...deadRecord, item: 0 });
    assert.equal(headers['__stagecoach.errors.item'], '0');
  });
});
