import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { compileSubModel } from '../../../src/model/engine/sub-model.js';
import { compileWithTfjs } from '../../../src/model/engine/tfjs-engine.js';
import { tf } from '../../../src/model/tensorflow.js';
import { even } from '../../../src/partition/even.js';
import { describeLayers } from '../../../src/model/network.js';
import {
  CutNetwork,
  pickRows,
  randomFrom,
  randomNetwork,
  randomWindows,
  runOne,
  small,
} from './networks.js';
import type { SubModel } from '../../../src/model/engine/sub-model.js';
import type { ModelFiles } from '../../../src/model/model-files.js';
import type { HostTensor } from '../../../src/model/tensor.js';

/** Equal to the last bit: −0 and 0 differ, NaN equals itself. */
function assertSameBits(actual: HostTensor, expected: HostTensor): void {
  assert.deepEqual({ ...actual, data: null }, { ...expected, data: null });
  const [a, b] = [actual, expected].map(({ data }) => new Uint32Array(data.slice().buffer));
  const different = [...(a ?? [])].filter((bits, index) => bits !== b?.[index]).length;
  assert.equal(different, 0, `${different} of ${expected.data.length} values have other bits`);
}

function largestDifference(a: HostTensor, b: HostTensor): number {
  assert.deepEqual(a.shape, b.shape);
  return Math.max(
    ...Array.from(a.data, (value, index) => Math.abs(value - (b.data[index] ?? NaN))),
  );
}

const odd = { cellCount: 1000, steps: 4, units: 100 };
const full = { cellCount: 1455, steps: 20, units: 128 };

for (const [title, options] of [
  ['a small network', small],
  ['a network whose rows are no whole vectors', odd],
  ['a network of the reference size', full],
] as const) {
  describe(`the engine, on ${title}`, () => {
    let files: ModelFiles;
    let whole: SubModel;

    before(async () => {
      files = await randomNetwork(options, 1);
      whole = await compileSubModel(files, { from: 0, to: 21 });
    });
    after(() => whole.dispose());

    it("agrees with tfjs-layers' own predict within 1e-5", async () => {
      const windows = randomWindows(11, options, 2);
      const theirs = await compileWithTfjs(files);
      const expected = runOne(theirs, windows);
      theirs.dispose();
      const actual = runOne(whole, windows);
      assert.ok(Math.max(...expected.data) > 2 * Math.min(...expected.data), 'scores differ');
      const difference = largestDifference(actual, expected);
      assert.ok(difference < 1e-5, `differs by ${difference}`);
    });

    it('gives the items of a large batch the bits they get in small ones', () => {
      const windows = randomWindows(230, options, 5);
      const together = runOne(whole, windows);
      for (let start = 0; start < 230; start += 23) {
        const rows = Array.from({ length: 23 }, (_, index) => start + index);
        assertSameBits(runOne(whole, pickRows(windows, rows)), pickRows(together, rows));
      }
    });

    for (const items of [1, 3, 8, 13, 64]) {
      it(`gives each of ${items} items, in any order, the bits it gets alone`, () => {
        const windows = randomWindows(items, options, items);
        const random = randomFrom(items);
        const order = Array.from({ length: items }, (_, row) => ({ row, key: random() }))
          .sort((a, b) => a.key - b.key)
          .map(({ row }) => row);
        const shuffled = runOne(whole, pickRows(windows, order));
        order.slice(0, 13).forEach((row, place) => {
          const alone = runOne(whole, pickRows(windows, [row]));
          assertSameBits(pickRows(shuffled, [place]), alone);
        });
      });
    }
  });
}

describe('a cut network', () => {
  let files: ModelFiles;
  let whole: SubModel;
  let best: SubModel;
  let cutNetwork: CutNetwork;
  const windows = randomWindows(13, small, 3);

  before(async () => {
    files = await randomNetwork(small, 4);
    cutNetwork = new CutNetwork(files);
    whole = await compileSubModel(files, { from: 0, to: 21 });
    best = await compileSubModel(files, { from: 0, to: 21, topK: 5 });
  });
  after(() => {
    whole.dispose();
    best.dispose();
    cutNetwork.dispose();
  });

  for (let stages = 1; stages <= 21; stages += 1) {
    it(`gives in ${stages} sub-models the bits of the whole`, async () => {
      const cuts = even.cut(describeLayers(files), stages);
      const [scores] = await cutNetwork.run(cuts, windows);
      assert.ok(scores);
      assertSameBits(scores, runOne(whole, windows));
    });
  }

  it('names what crosses a cut after the layer that made it', async () => {
    const [head] = await cutNetwork.run([], windows);
    assert.equal(head?.name, 'scores');
    const first = await compileSubModel(files, { from: 0, to: 3 });
    assert.deepEqual(first.inputs, [{ name: 'cells', dtype: 'int32', itemShape: [5] }]);
    assert.deepEqual(first.outputs, [{ name: 'norm_1', dtype: 'float32', itemShape: [5, 12] }]);
    first.dispose();
  });

  it('gives with topK the best cells and their scores, whole and cut alike', async () => {
    const scores = runOne(whole, windows);
    const [cells, probabilities] = best.run([windows]);
    assert.ok(cells && probabilities);
    for (let item = 0; item < 13; item += 1) {
      const row = [...pickRows(scores, [item]).data];
      const ranked = row
        .map((score, cell) => ({ score, cell }))
        .sort((a, b) => b.score - a.score || a.cell - b.cell)
        .slice(0, 5);
      assert.deepEqual(
        [...pickRows(cells, [item]).data],
        ranked.map(({ cell }) => cell),
      );
      assert.deepEqual(
        [...pickRows(probabilities, [item]).data],
        ranked.map(({ score }) => score),
      );
    }
    const [cutCells, cutProbabilities] = await cutNetwork.run([5, 12], windows, 5);
    assert.ok(cutCells && cutProbabilities);
    assertSameBits(cutCells, cells);
    assertSameBits(cutProbabilities, probabilities);
  });

  it('passes values on unchanged where a sub-model is nothing but dropout', async () => {
    const identity = await compileSubModel(files, { from: 3, to: 4 });
    const data = Float32Array.from({ length: 3 * 5 * 12 }, (_, index) => index - 0.5);
    const output = runOne(identity, { name: 'norm_1', dtype: 'float32', shape: [3, 5, 12], data });
    assert.deepEqual(output, { name: 'dropout_1', dtype: 'float32', shape: [3, 5, 12], data });
    identity.dispose();
  });

  it('holds no more tensors after a run than before, and none after it is disposed of', async () => {
    const before = tf.memory();
    const part = await compileSubModel(files, { from: 0, to: 21, topK: 3 });
    for (const items of [1, 8, 13]) part.run([randomWindows(items, small, items)]);
    assert.throws(() => part.run([{ ...windows, name: 'other' }]));
    part.dispose();
    const { numTensors, numDataBuffers } = tf.memory();
    assert.deepEqual([numTensors, numDataBuffers], [before.numTensors, before.numDataBuffers]);
  });

  it('gives empty outputs for an empty batch', () => {
    const [cells, probabilities] = best.run([
      { ...windows, shape: [0, 5], data: new Int32Array() },
    ]);
    assert.deepEqual(
      [cells?.shape, probabilities?.shape],
      [
        [0, 5],
        [0, 5],
      ],
    );
  });

  it('leaves its input as it was', () => {
    const copy = windows.data.slice();
    whole.run([windows]);
    assert.deepEqual(windows.data, copy);
  });

  for (const [what, input, message] of [
    ['an id below 0', { ...windows, data: windows.data.with(7, -1) }, /item 1 has the id -1/],
    [
      'an id above V',
      { ...windows, data: windows.data.with(64, 46) },
      /item 12 has the id 46.*0 to 45/s,
    ],
    ['another shape', { ...windows, shape: [5, 13] }, /\[batch, 5\].*found.*\[5, 13\]/s],
    ['too few values', { ...windows, shape: [14, 5] }, /\[14, 5\] has 65 values/],
    [
      'another type',
      { ...windows, dtype: 'float32' as const, data: new Float32Array(65) },
      /int32/,
    ],
    ['another name', { ...windows, name: 'scores' }, /takes cells.*found: scores/s],
  ] as const) {
    it(`refuses a tensor with ${what}, as a dead letter`, () => {
      assert.throws(() => whole.run([input]), {
        code: 'TENSOR_INVALID',
        disposition: 'deadLetter',
        message,
      });
    });
  }

  it('refuses no tensor, and two', () => {
    assert.throws(() => whole.run([]), { code: 'TENSOR_INVALID', message: /found: none/ });
    assert.throws(() => whole.run([windows, windows]), { code: 'TENSOR_INVALID' });
  });

  for (const range of [
    { from: 0, to: 22 },
    { from: 5, to: 5 },
    { from: -1, to: 3 },
    { from: 0.5, to: 3 },
    { from: 0, to: 20, topK: 3 },
    { from: 0, to: 21, topK: 0 },
    { from: 0, to: 21, topK: 47 },
  ]) {
    it(`refuses ${JSON.stringify(range)} of 21 layers and 46 scores`, async () => {
      await assert.rejects(compileSubModel(files, range), { code: 'MODEL_RANGE' });
    });
  }
});
