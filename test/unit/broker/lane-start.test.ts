import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GapError } from '../../../src/broker/errors.js';
import { laneStart } from '../../../src/broker/lane-start.js';
import type { LaneRecord } from '../../../src/broker/lane-record.js';
import type { LaneProgress } from '../../../src/broker/lane-worker.js';
import { encodeTensorBatch } from '../../../src/wire/tensor-batch.js';

/** Output records of lane 0, each with the fixes that it accounts for. */
function outputOf(covers: readonly (readonly [number, number])[]): LaneRecord[] {
  return covers.map(([from, to], offset) => ({
    ...{ lane: 0, offset, timestampMs: 0, key: null, headers: {} },
    value: encodeTensorBatch({
      plan: 'p1',
      stage: 1,
      covers: { from, to },
      items: [],
      tensors: [],
    }),
  }));
}

interface Situation {
  readonly input: { readonly begin: number; readonly end: number };
  readonly output: readonly LaneRecord[];
  readonly committed: LaneProgress | null;
  /** What the workers before have committed. */
  readonly written: LaneProgress | null;
}

/** Where a worker begins in lane 0. */
function start({ input, output, committed, written }: Situation): Promise<LaneProgress> {
  const progress = (found: LaneProgress | null) => new Map(found === null ? [] : [[0, found]]);
  return laneStart({
    laneLog: {
      bounds: (topic) =>
        Promise.resolve(
          topic === 'in'
            ? { begin: [input.begin], end: [input.end] }
            : { begin: [0], end: [output.length] },
        ),
      offsetsAt: () => Promise.resolve([0]),
      // eslint-disable-next-line @typescript-eslint/require-await -- as the real one
      async *read(_topic, _lane, from, to = output.length) {
        yield* output.slice(from, to);
      },
    },
    progressOf: (group) => Promise.resolve(progress(group === 'before' ? written : committed)),
    ...{ groupId: 'mine', inputTopic: 'in', outputTopic: 'out', lane: 0, startOffset: 0 },
    upstream: { groupId: 'before', topic: 'fixes' },
  });
}

describe('a lane that is taken over', () => {
  it('goes on where its output ends, although a late request hides the end', async () => {
    const late = Array.from({ length: 64 }, (_, at) => [at, at + 1] as const);
    const output = outputOf([[0, 100], [100, 200], ...late]);
    const committed = { nextOffset: 2, coveredTo: 200 };
    const begins = await start({ input: { begin: 0, end: 5 }, output, committed, written: null });
    assert.deepEqual(begins, { nextOffset: 2, coveredTo: 200 });
  });

  it('stops where retention has emptied its input of what it had not read', async () => {
    const situation = {
      input: { begin: 9, end: 9 },
      output: outputOf([[0, 100]]),
      committed: { nextOffset: 4, coveredTo: 100 },
    };
    const stopped = start({ ...situation, written: { nextOffset: 300, coveredTo: 300 } });
    await assert.rejects(stopped, (error) => {
      assert(error instanceof GapError);
      assert.match(error.message, /Lane 0 of in is empty, and the fixes 100 … 299/);
      return true;
    });
  });

  it('waits where its input is empty and it has read all that was in it', async () => {
    const begins = await start({
      input: { begin: 9, end: 9 },
      output: outputOf([[0, 100]]),
      committed: { nextOffset: 9, coveredTo: 100 },
      written: { nextOffset: 100, coveredTo: 100 },
    });
    assert.deepEqual(begins, { nextOffset: 9, coveredTo: 100 });
  });
});
