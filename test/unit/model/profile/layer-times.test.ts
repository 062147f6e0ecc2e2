import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileSubModel } from '../../../../src/model/engine/sub-model.js';
import { tensorsAt } from '../../../../src/model/network-tensors.js';
import { describeLayers, readNetwork } from '../../../../src/model/network.js';
import { crossings, firstRows, topKOf } from '../../../../src/model/profile/crossings.js';
import { measureLayers } from '../../../../src/model/profile/layer-times.js';
import { fittedRanges, heldOutRanges } from '../../../../src/model/profile/ranges.js';
import { RepeatedRows } from '../../../../src/model/profile/repeated-rows.js';
import type { HostTensor } from '../../../../src/model/tensor.js';
import { branchedNetworks, filesOf, randomTensors } from '../branched-networks.js';
import { randomNetwork } from '../networks.js';

const steps = 4;
const files = await randomNetwork({ cellCount: 12, steps, units: 8 }, 7);
const layers = describeLayers(files);
const input: HostTensor = {
  ...{ name: 'cells', dtype: 'int32', shape: [3, steps] },
  data: Int32Array.of(0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12),
};

function crossing(topK: number | undefined): (readonly HostTensor[])[] {
  const all: (readonly HostTensor[])[] = [];
  for (const { cut, tensors } of crossings(files, [input], topK)) {
    assert.equal(cut, all.length);
    all.push(tensors.map((tensor) => firstRows(tensor, 2)));
  }
  return all;
}

describe('what crosses the cuts of a network', () => {
  it('is, bit for bit, what the sub-model before each cut gives', async () => {
    const all = crossing(5);
    assert.equal(all.length, layers.length + 1);
    for (let to = 1; to <= layers.length; to += 1) {
      const topK = to === layers.length ? 5 : undefined;
      const model = await compileSubModel(files, { from: 0, to, topK });
      const expected = model.run([input]).map((tensor) => firstRows(tensor, 2));
      model.dispose();
      assert.deepEqual(all[to], expected, `before layer ${to}`);
    }
  });

  it('is all that is needed later, of a network with branches', async () => {
    const make = branchedNetworks['a network with two inputs and two outputs'];
    assert(make !== undefined);
    const two = await filesOf(make(), 3);
    const network = readNetwork(two);
    const inputs = randomTensors(network.inputs, 3, 5);
    const names: string[][] = [];
    for (const { tensors } of crossings(two, inputs, topKOf(two, 5))) {
      names.push(tensors.map(({ name }) => name));
    }
    assert.equal(names.length, network.layers.length + 1);
    for (const [cut, found] of names.entries()) {
      assert.deepEqual(
        found,
        tensorsAt(network, cut).map(({ name }) => name),
        `before layer ${cut}`,
      );
    }
    assert((names[4]?.length ?? 0) > 1, 'something goes past a layer');
  });

  it('ends with all scores where there are fewer than the best that are wanted', () => {
    assert.equal(topKOf(files, 5), 5);
    assert.equal(topKOf(files, 99), undefined);
    assert.deepEqual(crossing(undefined).at(-1)?.[0]?.shape, [2, 13]);
  });
});

describe('the ranges that are measured', () => {
  it('are the layers, the whole, and its even divisions', () => {
    const outline = fittedRanges(5, 3).map(({ from, to }) => `${from}-${to}`);
    // By hand: 5 layers in two parts are 0–3 and 3–5, in three 0–2, 2–3 and 3–5.
    const alone = ['0-1', '1-2', '2-3', '3-4', '4-5'];
    assert.deepEqual(outline, [...alone, '0-5', '0-3', '3-5', '0-2', '2-3', '3-5']);
    assert.deepEqual(fittedRanges(1, 3), [{ from: 0, to: 1 }]);
  });

  it('and those that the fit is judged by lie inside the network, and are the same each time', () => {
    for (const count of [2, 5, 21, 175]) {
      const ranges = heldOutRanges(count, 50);
      assert.deepEqual(heldOutRanges(count, 50), ranges);
      for (const { from, to } of ranges) {
        assert(from >= 0 && to <= count && to - from >= Math.max(2, count / 6), `${from}–${to}`);
      }
    }
    assert.deepEqual(heldOutRanges(1, 3), []);
  });
});

describe("layers' times", () => {
  it('are of every layer and batch size, in finite figures', async () => {
    const inputs = crossing(5).slice(0, -1);
    const rounds: number[] = [];
    const found = await measureLayers({
      ...{ files, inputs, batches: [1, 8], topK: 5 },
      effort: { leastRounds: 2, mostRounds: 2, mostMs: 60_000, mostParts: 3, heldOut: 2 },
      onRound: (round) => rounds.push(round),
    });
    assert.deepEqual(rounds, [1, 2]);
    assert.equal(found.rounds, 2);
    const { calls, rangeErrors } = found;
    assert.deepEqual(
      found.layers.map(({ name, weightsBytes }) => ({ name, weightsBytes })),
      layers.map(({ name, weightsBytes }) => ({ name, weightsBytes })),
    );
    for (const { className, route } of found.layers) {
      assert.equal(route, className === 'Dropout' ? 'identity' : 'native');
    }
    for (const [at, call] of calls.entries()) {
      const times = found.layers.map((layer) => layer.times[at]);
      assert(times.every((time) => time?.batch === call.batch));
      const all = [call.ms, ...times.flatMap((time) => [time?.ms.median, time?.ms.spread])];
      assert(all.every((ms) => Number.isFinite(ms) && (ms ?? -1) >= 0));
      assert.equal(rangeErrors[at]?.count, 2);
    }
  });
});

describe('repeated rows', () => {
  it('fill a batch of any size, row by row', () => {
    const rows = new RepeatedRows();
    const tensor: HostTensor = {
      ...{ name: 'x', dtype: 'float32', shape: [2, 2] },
      data: Float32Array.of(1, 2, 3, 4),
    };
    const five = rows.batch(tensor, 5);
    assert.deepEqual(five.shape, [5, 2]);
    assert.deepEqual([...five.data], [1, 2, 3, 4, 1, 2, 3, 4, 1, 2]);
    assert.deepEqual([...rows.batch(tensor, 1).data], [1, 2]);
  });
});
