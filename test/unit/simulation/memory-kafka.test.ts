import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FencedError, MemoryKafka, type CommitKey } from './memory-kafka.js';

const key: CommitKey = ['group', 'scores', 0];
const progress = { nextOffset: 3, coveredTo: 30 };

/** A Kafka of one lane whose clock goes on by a second with every look at it. */
function newKafka(): MemoryKafka {
  let nowMs = 0;
  return new MemoryKafka(1, () => (nowMs += 1_000));
}

function aRecord(text: string) {
  return { key: null, value: Buffer.from(text) };
}

function textsIn(kafka: MemoryKafka, committedOnly = true): string[] {
  const { records } = kafka.lane('out', 0).read({ from: 0, committedOnly });
  return records.map(({ value }) => String(value));
}

describe('the Kafka in memory', () => {
  it('gives records offsets in the order of their requests, and finds them by append time', () => {
    const kafka = newKafka();
    kafka.append('out', 0, [aRecord('a'), aRecord('b')]);
    kafka.mark('out', 0);
    kafka.append('out', 0, [aRecord('c')]);
    const { records, nextOffset } = kafka.lane('out', 0).read({ from: 1, committedOnly: true });
    assert.deepEqual(
      records.map(({ offset, timestampMs }) => [offset, timestampMs]),
      [
        [1, 1_000],
        [3, 3_000],
      ],
    );
    assert.equal(nextOffset, 4);
    assert.deepEqual(kafka.bounds('out'), { begin: [0], end: [4] });
    assert.deepEqual(kafka.offsetsAt('out', 1_001), [2]);
    assert.deepEqual(kafka.offsetsAt('out', 3_001), [4]);
  });

  it('shows records and progress of a transaction together, when it is committed', () => {
    const kafka = newKafka();
    const epoch = kafka.takeOver('id');
    kafka.write('id', epoch, 'out', 0, [aRecord('a')]);
    kafka.append('out', 0, [aRecord('behind it')]);
    assert.deepEqual(textsIn(kafka), []);
    assert.deepEqual(textsIn(kafka, false), ['a', 'behind it']);
    assert.equal(kafka.progressOf('group', 'scores', false).size, 0);
    kafka.commitWritten('id', epoch, key, progress);
    assert.deepEqual(textsIn(kafka), ['a', 'behind it']);
    assert.deepEqual(kafka.progressOf('group', 'scores', false).get(0), progress);
    assert.equal(kafka.progressOf('group', 'scores', true).size, 0);
  });

  it('aborts what was open and refuses whoever had the transactional id before', () => {
    const kafka = newKafka();
    const before = kafka.takeOver('id');
    kafka.write('id', before, 'out', 0, [aRecord('lost')]);
    const after = kafka.takeOver('id');
    assert.throws(() => kafka.commitWritten('id', before, key, progress), FencedError);
    assert.throws(() => kafka.write('id', before, 'out', 0, [aRecord('late')]), FencedError);
    kafka.write('id', after, 'out', 0, [aRecord('kept')]);
    kafka.commitWritten('id', after, key, progress);
    assert.deepEqual(textsIn(kafka), ['kept']);
  });
});
