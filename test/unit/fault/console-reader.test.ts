import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { bytesOf, parsePrinted } from '../../fault/console-reader.js';
import { printedBytes, printedLine } from './console-text.js';

const allBytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

describe('what the console consumer of Kafka prints', () => {
  it('is read back byte for byte, each of all 256', () => {
    for (const byte of allBytes) {
      assert.deepEqual([...bytesOf(printedBytes(Buffer.from([byte])))], [byte]);
    }
    assert.deepEqual([...bytesOf(printedBytes(allBytes))], [...allBytes]);
  });

  // Written by hand after Bytes#toString of Kafka.
  const examples: readonly (readonly [string, readonly number[]])[] = [
    ['taxi-7', [0x74, 0x61, 0x78, 0x69, 0x2d, 0x37]],
    ['\\x5C', [0x5c]],
    ['\\x09\\x0A\\x0D', [0x09, 0x0a, 0x0d]],
    ['\\x00\\x7F\\xC3\\xFF', [0x00, 0x7f, 0xc3, 0xff]],
    [' ~', [0x20, 0x7e]],
    ['\\x5Cx41', [0x5c, 0x78, 0x34, 0x31]],
    ['\\x5C\\x5Cx5C', [0x5c, 0x5c, 0x78, 0x35, 0x43]],
    ['', []],
  ];
  for (const [printed, bytes] of examples) {
    it(`stands for the bytes that Java had: ${printed}`, () => {
      assert.deepEqual([...bytesOf(printed)], bytes);
    });
  }

  it('gives lane, offset, time, key and value, whatever the bytes', () => {
    fc.assert(
      fc.property(
        fc.nat(1000),
        fc.nat(),
        fc.nat(),
        fc.string({ unit: 'binary' }),
        fc.uint8Array(),
        (lane, offset, timestampMs, key, bytes) => {
          const value = Buffer.from(bytes);
          const line = printedLine({ lane, offset, timestampMs, key, value });
          const read = { lane, offset, timestampMs, key, value };
          assert.doesNotMatch(line, /[\r\n]/);
          assert.deepEqual(parsePrinted(line), read);
        },
      ),
    );
  });

  it('is read whole where key and value hold tabs, line ends and backslashes', () => {
    const line = 'CreateTime:12\tPartition:3\tOffset:45\ta\\x09b\t\\x0A\\x5C\\x09';
    assert.deepEqual(parsePrinted(line), {
      lane: 3,
      offset: 45,
      timestampMs: 12,
      key: 'a\tb',
      value: Buffer.from('\n\\\t'),
    });
  });

  it('says null for a key or a value that is not there', () => {
    const read = parsePrinted('LogAppendTime:1\tPartition:0\tOffset:2\tnull\tnull');
    assert.equal(read?.key, 'null');
    assert.equal(read.value.toString(), 'null');
  });

  const noRecords = [
    'Processed a total of 1234 messages',
    '',
    '\t\t\t\t',
    'NO_TIMESTAMP\tPartition:0\tOffset:1\tk\tv',
    'LogAppendTime:1\tPartition:0\tk\tv',
    'LogAppendTime:1\tPartition:x\tOffset:1\tk\tv',
    '[2024-03-04 07:00:00,000] WARN LogAppendTime:1\tPartition:0\tOffset:1\tk\tv',
  ];
  for (const line of noRecords) {
    it(`is no record where the line is ${JSON.stringify(line)}`, () => {
      assert.equal(parsePrinted(line), null);
    });
  }
});
