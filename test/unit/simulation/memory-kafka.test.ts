import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FencedError, MemoryKafka } from './memory-kafka.js';

const place = { topic: 'out', lane: 0 };

/** A Kafka of one lane whose clock goes on by a second with every look at it. */
function newKafka(): MemoryKafka {
  let nowMs = 0;
  return new MemoryKafka(1, () => (nowMs += 1_000));
}

function aRecord(text: string) {
  return { key: null, value: Buffer.from(text) };
}

function textsIn(kafka: MemoryKafka): string[] {
  const { records } = kafka.lane('out', 0).read({ from: 0 });
  return records.map(({ value }) => String(value));
}

describe('the Kafka in memory', () => {
  it('gives records offsets in the order of their requests, and finds them by append time', () => {
    const kafka = newKafka();
    kafka.append('out', 0, [aRecord('a'), aRecord('b')]);
    kafka.mark('out', 0);
    kafka.append('out', 0, [aRecord('c')]);
    const { records, nextOffset } = kafka.lane('out', 0).read({ from: 1 });
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

  it('writes once what is sent twice', () => {
    const kafka = newKafka();
    const producer = { transactionalId: 'id', epoch: kafka.takeOver('id', 'out', 0) };
    kafka.write(producer, 0, place, [aRecord('a'), aRecord('b')]);
    kafka.write(producer, 0, place, [aRecord('a'), aRecord('b')]);
    kafka.write(producer, 2, place, [aRecord('c')]);
    assert.deepEqual(textsIn(kafka), ['a', 'b', 'c']);
    assert.throws(() => kafka.write(producer, 5, place, [aRecord('d')]), RangeError);
  });

  it('keeps what was there at a take-over, and refuses whoever had the id before', () => {
    const kafka = newKafka();
    const before = { transactionalId: 'id', epoch: kafka.takeOver('id', 'out', 0) };
    kafka.write(before, 0, place, [aRecord('early')]);
    const after = { transactionalId: 'id', epoch: kafka.takeOver('id', 'out', 0) };
    assert.throws(() => kafka.write(before, 1, place, [aRecord('late')]), FencedError);
    kafka.write(after, 0, place, [aRecord('kept')]);
    assert.deepEqual(textsIn(kafka), ['early', 'kept']);
    assert.deepEqual(kafka.bounds('out').end, [4], 'each take-over left a mark');
  });

  it('shows a commit, or to those who ask early the one before', () => {
    const kafka = newKafka();
    kafka.commit(['group', 'scores', 0], { nextOffset: 3, coveredTo: 30 });
    kafka.commit(['group', 'scores', 0], { nextOffset: 4, coveredTo: 40 });
    assert.equal(kafka.progressOf('group', 'scores', false).get(0)?.coveredTo, 40);
    assert.equal(kafka.progressOf('group', 'scores', true).get(0)?.coveredTo, 30);
  });
});
