import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MicroBatcher } from '../../../src/stage/micro-batcher.js';
import type { TensorBatch } from '../../../src/wire/tensor-batch.js';
import { aBatch, anItem } from '../batch-fixture.js';

/** A batch that its plan's name tells from the others. */
function batchOf(plan: string, items: number): TensorBatch {
  return aBatch({ plan, items: Array.from({ length: items }, (_, offset) => anItem(offset)) });
}

/** Gives every batch its own name back; keeps what it was given in each run. */
class Engine {
  readonly runs: (readonly TensorBatch[])[] = [];

  readonly run = (batches: readonly TensorBatch[]): string[] => {
    this.runs.push(batches);
    return batches.map(({ plan }) => `result of ${plan}`);
  };

  get names(): string[][] {
    return this.runs.map((batches) => batches.map(({ plan }) => plan));
  }
}

describe('MicroBatcher', () => {
  it('runs a batch that comes alone by itself', async () => {
    const engine = new Engine();
    const batcher = new MicroBatcher(128, engine.run);
    assert.equal(await batcher.submit(batchOf('a', 3)), 'result of a');
    assert.equal(await batcher.submit(batchOf('b', 3)), 'result of b');
    assert.deepEqual(engine.names, [['a'], ['b']]);
  });

  it('lets batches that wait share a run, and gives each its own result', async () => {
    const engine = new Engine();
    const batcher = new MicroBatcher(128, engine.run);
    const results = ['a', 'b', 'c'].map((name) => batcher.submit(batchOf(name, 40)));
    assert.deepEqual(await Promise.all(results), ['result of a', 'result of b', 'result of c']);
    assert.deepEqual(engine.names, [['a', 'b', 'c']]);
  });

  it('fills each run up to its limit, in the order of the batches, whatever their sizes', async () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(sizes, fc.integer({ min: 1, max: 40 }), async (items, maxItems) => {
        const engine = new Engine();
        const batcher = new MicroBatcher(maxItems, engine.run);
        const names = items.map((_, at) => `batch ${at}`);
        const results = await Promise.all(
          items.map((count, at) => batcher.submit(batchOf(`batch ${at}`, count))),
        );
        assert.deepEqual(
          results,
          names.map((name) => `result of ${name}`),
        );
        assert.deepEqual(engine.names.flat(), names);
        const totals = engine.runs.map((run) => itemsIn(run));
        engine.runs.forEach((run, at) => {
          // A batch that is too large by itself runs alone; nobody can split it here.
          assert.ok((totals[at] ?? 0) <= maxItems || run.length === 1);
          const next = engine.runs[at + 1]?.slice(0, 1);
          if (next !== undefined) assert.ok((totals[at] ?? 0) + itemsIn(next) > maxItems);
        });
      }),
    );
  });

  it('lets what is due happen between two runs', async () => {
    const happened: string[] = [];
    const batcher = new MicroBatcher(1, (batches) => {
      const name = batches[0]?.plan ?? '';
      happened.push(`run ${name}`);
      setImmediate(() => happened.push(`after ${name}`));
      return [name];
    });
    await Promise.all([batcher.submit(batchOf('a', 1)), batcher.submit(batchOf('b', 1))]);
    assert.deepEqual(happened, ['run a', 'after a', 'run b']);
  });

  it('fails the batches of a run that failed, and no others', async () => {
    const failure = new Error('out of memory');
    const batcher = new MicroBatcher(2, (batches) => {
      if (batches.some(({ plan }) => plan === 'bad')) throw failure;
      return batches.map(({ plan }) => plan);
    });
    const submitted = ['a', 'b', 'bad', 'c', 'd'].map((name) => batcher.submit(batchOf(name, 1)));
    const settled = await Promise.allSettled(submitted);
    assert.deepEqual(settled, [
      { status: 'fulfilled', value: 'a' },
      { status: 'fulfilled', value: 'b' },
      { status: 'rejected', reason: failure },
      { status: 'rejected', reason: failure },
      { status: 'fulfilled', value: 'd' },
    ]);
    assert.equal(await batcher.submit(batchOf('e', 1)), 'e');
  });

  it('leaves no batch without an answer where the engine gives too few results', async () => {
    const batcher = new MicroBatcher(128, () => ['only one']);
    const submitted = ['a', 'b'].map((name) => batcher.submit(batchOf(name, 1)));
    const settled = await Promise.allSettled(submitted);
    assert.deepEqual(
      settled.map(({ status }) => status),
      ['fulfilled', 'rejected'],
    );
  });
});

function itemsIn(run: readonly TensorBatch[]): number {
  return run.reduce((sum, { items }) => sum + items.length, 0);
}
