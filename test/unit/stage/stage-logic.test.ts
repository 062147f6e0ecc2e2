import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { PipelineError } from '../../../src/errors.js';
import type { HostTensor } from '../../../src/model/tensor.js';
import { StageLogic, type RowModel } from '../../../src/stage/stage-logic.js';
import type { ItemFailure, TensorBatch } from '../../../src/wire/tensor-batch.js';
import { aBatch, anItem, floats, ints } from '../batch-fixture.js';

/** What the toy model refuses, and what makes it give infinity and not-a-number. */
const refused = 13;
const toInfinity = 98;
const toNaN = 99;

/** Gives `sum`, x₀ + x₁, and `twice`, (2x₀, 2x₁), of each row of `x`; counts its runs' rows. */
class ToyModel implements RowModel {
  readonly inputs = [{ name: 'x', dtype: 'float32', itemShape: [2] }] as const;
  readonly outputs = [
    { name: 'sum', dtype: 'float32', itemShape: [1] },
    { name: 'twice', dtype: 'float32', itemShape: [2] },
  ] as const;
  readonly keeps: readonly string[];
  readonly rowsOfRuns: number[] = [];

  constructor(keeps: readonly string[] = []) {
    this.keeps = keeps;
  }

  run([x]: readonly HostTensor[]): HostTensor[] {
    assert.ok(x);
    const [rows = 0] = x.shape;
    assert.ok(rows > 0, 'a sub-model is not run for nothing');
    this.rowsOfRuns.push(rows);
    if (x.data.includes(refused)) throw new Error(`${refused} is unlucky`);
    const sums = Array.from({ length: rows }, (_, row) => {
      const first = x.data[2 * row] ?? 0;
      if (first === toInfinity) return Infinity;
      return first === toNaN ? NaN : first + (x.data[2 * row + 1] ?? 0);
    });
    return [
      floats('sum', [rows, 1], sums),
      floats(
        'twice',
        [rows, 2],
        [...x.data].map((value) => 2 * value),
      ),
    ];
  }
}

/** Items with these first values of x; the second is the item's offset. */
function batchOf(from: number, ...firsts: readonly number[]): TensorBatch {
  const values = firsts.flatMap((first, at) => [first, from + at]);
  return aBatch({
    stage: 1,
    covers: { from, to: from + firsts.length + 5 },
    items: firsts.map((_, at) => anItem(from + at)),
    tensors: [
      floats('x', [firsts.length, 2], values),
      ints(
        'currentCell',
        [firsts.length],
        firsts.map((_, at) => from + at),
      ),
    ],
  });
}

function failuresOf(batch: TensorBatch): (ItemFailure | null)[] {
  return batch.items.map(({ failure }) => failure);
}

describe('StageLogic', () => {
  it('gives an image of each batch: same plan, coverage and items, the outputs in their rows', () => {
    const model = new ToyModel();
    const batches = [batchOf(10, 1, 2), batchOf(50, 3)];
    const [first, second] = new StageLogic(2, model).run(batches);
    assert.deepEqual(first?.output, {
      ...batches[0],
      stage: 2,
      tensors: [
        floats('sum', [2, 1], [11, 13]),
        floats('twice', [2, 2], [2, 20, 4, 22]),
        ints('currentCell', [2], [10, 11]),
      ],
    });
    assert.deepEqual(second?.output, {
      ...batches[1],
      stage: 2,
      tensors: [
        floats('sum', [1, 1], [53]),
        floats('twice', [1, 2], [6, 100]),
        ints('currentCell', [1], [50]),
      ],
    });
    assert.deepEqual([first.failed, second.failed], [[], []]);
    assert.deepEqual(model.rowsOfRuns, [3], 'they share one run');
  });

  it('passes on an input that a later stage needs too, and no other', () => {
    const model = new ToyModel(['x']);
    const [result] = new StageLogic(2, model).run([batchOf(10, 1, 2)]);
    assert.deepEqual(result?.output.tensors, [
      floats('sum', [2, 1], [11, 13]),
      floats('twice', [2, 2], [2, 20, 4, 22]),
      floats('x', [2, 2], [1, 10, 2, 11]),
      ints('currentCell', [2], [10, 11]),
    ]);
  });

  it('passes on coverage that has no items, without running the model', () => {
    const model = new ToyModel();
    const batch = batchOf(7);
    const [result] = new StageLogic(2, model).run([batch]);
    assert.deepEqual(result?.output, {
      ...batch,
      stage: 2,
      tensors: [
        floats('sum', [0, 1], []),
        floats('twice', [0, 2], []),
        ints('currentCell', [0], []),
      ],
    });
    assert.deepEqual(model.rowsOfRuns, []);
  });

  it('marks the item that the model refuses, and its neighbours go on', () => {
    const batch = batchOf(20, 1, refused, 3);
    const [result] = new StageLogic(2, new ToyModel()).run([batchOf(10, 5), batch]).slice(1);
    const failure = { code: 'INFERENCE_FAILED', message: '13 is unlucky', stage: 2 };
    assert.ok(result);
    assert.deepEqual(failuresOf(result.output), [null, failure, null]);
    assert.deepEqual(result.output.tensors.slice(0, 2), [
      floats('sum', [3, 1], [21, 0, 25]),
      floats('twice', [3, 2], [2, 40, 0, 0, 6, 44]),
    ]);
    assert.deepEqual(result.failed, [
      {
        item: anItem(21),
        failure,
        tensors: [floats('x', [1, 2], [refused, 21]), ints('currentCell', [1], [21])],
      },
    ]);
  });

  for (const [value, shown] of [
    [toInfinity, 'Infinity'],
    [toNaN, 'NaN'],
  ] as const) {
    it(`marks the item that the model makes ${shown} of, and sends zeros in its place`, () => {
      const [result] = new StageLogic(3, new ToyModel()).run([batchOf(20, 1, value, 3)]);
      const message = `The sub-model gave ${shown} in "sum".`;
      const failure = { code: 'NOT_FINITE', message, stage: 3 };
      assert.ok(result);
      assert.deepEqual(failuresOf(result.output), [null, failure, null]);
      assert.deepEqual(result.output.tensors[0], floats('sum', [3, 1], [21, 0, 25]));
      assert.deepEqual(
        result.failed.map(({ item }) => item.offset),
        [21],
      );
    });
  }

  it('keeps the failure that an item came with, and reports it no second time', () => {
    const earlier = { code: 'INFERENCE_FAILED', message: 'earlier', stage: 1 };
    const items = [anItem(20), anItem(21, { failure: earlier })];
    for (const value of [0, refused, toNaN]) {
      const batch = { ...batchOf(20, 1, value), items };
      const [result] = new StageLogic(2, new ToyModel()).run([batch]);
      assert.ok(result);
      assert.deepEqual(failuresOf(result.output), [null, earlier]);
      assert.deepEqual(result.failed, []);
    }
    const misfit = { ...batchOf(20, 1, 2), items, tensors: [] };
    const [result] = new StageLogic(2, new ToyModel()).run([misfit]);
    assert.deepEqual(
      result?.failed.map(({ item }) => item.offset),
      [20],
    );
    assert.deepEqual(failuresOf(result.output)[1], earlier);
  });

  const misfits: readonly (readonly [string, TensorBatch['tensors'], string])[] = [
    ['lacks', [], 'none'],
    ['has in another shape', [floats('x', [2, 1], [1, 2])], 'float32 [2, 1]'],
    ['has for another number of items', [floats('x', [1, 2], [1, 2])], 'float32 [1, 2]'],
    ['has as integers', [ints('x', [2, 2], [1, 2, 3, 4])], 'int32 [2, 2]'],
  ];
  for (const [what, tensors, found] of misfits) {
    it(`marks all items of a batch that ${what} the input, and the other batches go on`, () => {
      const misfit = { ...batchOf(20, 1, 2), tensors };
      const results = new StageLogic(2, new ToyModel()).run([
        batchOf(10, 1),
        misfit,
        batchOf(30, 3),
      ]);
      const message = `The tensor "x" is ${found}; stage 2 expects float32 [2, 2].`;
      const failure = { code: 'INVALID_TENSOR', message, stage: 2 };
      assert.deepEqual(
        results.map(({ output }) => failuresOf(output)),
        [[null], [failure, failure], [null]],
      );
      assert.deepEqual(results[2]?.output.tensors[0], floats('sum', [1, 1], [33]));
      assert.deepEqual(
        results.map(({ failed }) => failed.map(({ item }) => item.offset)),
        [[], [20, 21], []],
      );
    });
  }

  it('stops, and blames no item, where the engine itself is at its end', () => {
    const model = new ToyModel();
    const dead = new PipelineError('no memory', { code: 'ENGINE_FAILED', disposition: 'fatal' });
    model.run = () => {
      throw dead;
    };
    assert.throws(
      () => new StageLogic(2, model).run([batchOf(10, 1, 2, 3)]),
      (thrown) => thrown === dead,
    );
  });

  it('makes the same of a batch whatever batches share its run', () => {
    const value = fc.oneof(
      { weight: 8, arbitrary: fc.integer({ min: 0, max: 9 }) },
      { weight: 1, arbitrary: fc.constantFrom(refused, toInfinity, toNaN) },
    );
    const batches = fc
      .array(fc.array(value, { maxLength: 6 }), { minLength: 1, maxLength: 6 })
      .map((groups) => groups.map((firsts, at) => batchOf(100 * at, ...firsts)));
    fc.assert(
      fc.property(batches, (all) => {
        const together = new StageLogic(2, new ToyModel()).run(all);
        const alone = all.flatMap((batch) => new StageLogic(2, new ToyModel()).run([batch]));
        assert.deepEqual(together, alone);
      }),
    );
  });
});
