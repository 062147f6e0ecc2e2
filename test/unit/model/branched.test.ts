import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { subModelOf } from '../../../src/model/engine/sub-model.js';
import { compileWithTfjs } from '../../../src/model/engine/tfjs-engine.js';
import { bytesAt } from '../../../src/model/network-tensors.js';
import { readNetwork } from '../../../src/model/network.js';
import { tf } from '../../../src/model/tensorflow.js';
import { branchedNetworks, filesOf, randomTensors } from './branched-networks.js';
import { pickRows, randomFrom } from './networks.js';
import { recordOf, StageChain } from './stage-chain.js';
import type { SubModel } from '../../../src/model/engine/sub-model.js';
import type { ModelFiles } from '../../../src/model/model-files.js';
import type { Network } from '../../../src/model/network.js';
import type { HostTensor } from '../../../src/model/tensor.js';
import type { TensorBatch } from '../../../src/wire/tensor-batch.js';

const items = 3;

/** Name, shape and bits of each tensor, in the order of their names. */
function bitsOf(tensors: readonly HostTensor[]): string[] {
  return tensors
    .map(({ name, shape, data }) => {
      const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
      return `${name} [${shape.join()}] ${bytes.toString('hex')}`;
    })
    .sort();
}

/** Two or three different cuts, in order. */
function randomCuts(layerCount: number, random: () => number): number[] {
  const cuts = new Set<number>();
  const count = random() < 0.5 ? 2 : 3;
  while (cuts.size < count) cuts.add(1 + Math.floor(random() * (layerCount - 1)));
  return [...cuts].sort((a, b) => a - b);
}

for (const [title, modelOf] of Object.entries(branchedNetworks)) {
  describe(title, () => {
    let files: ModelFiles;
    let network: Network;
    let whole: SubModel;
    let record: TensorBatch;
    let expected: string[];

    before(async () => {
      files = await filesOf(modelOf(), 11);
      network = readNetwork(files);
      whole = subModelOf(network, { from: 0, to: network.layers.length });
      const inputs = randomTensors(network.inputs, items, 3);
      record = recordOf(inputs);
      const others = record.tensors.filter(({ name }) => name === 'currentCell');
      expected = bitsOf([...whole.run(inputs), ...others]);
    });
    after(() => whole.dispose());

    /** Of what the last stage sends, all that is in its record: nothing is left over, or twice. */
    function assertSameThroughStages(cuts: readonly number[]): void {
      const chain = new StageChain(network, cuts);
      const { last, tensorBytes } = chain.run(record);
      chain.dispose();
      const where = `cuts ${cuts.join(', ')}`;
      assert.ok(
        last.items.every(({ failure }) => failure === null),
        where,
      );
      assert.deepEqual(bitsOf(last.tensors), expected, where);
      const cellBytes = 4;
      for (const [at, cut] of [...cuts, network.layers.length].entries()) {
        assert.equal(tensorBytes[at], items * (bytesAt(network, cut) + cellBytes), where);
      }
    }

    it("agrees with tfjs-layers' own predict within 1e-5", async () => {
      const inputs = randomTensors(network.inputs, 13, 4);
      const theirs = await compileWithTfjs(files);
      const wanted = theirs.run(inputs);
      theirs.dispose();
      const ours = whole.run(inputs);
      assert.deepEqual(
        ours.map(({ name, shape }) => [name, shape]),
        wanted.map(({ name, shape }) => [name, shape]),
      );
      ours.forEach(({ name, data }, at) => {
        data.forEach((value, index) => {
          assert.ok(Math.abs(value - (wanted[at]?.data[index] ?? NaN)) < 1e-5, name);
        });
        // Scores that are all alike would agree whatever the layers did.
        assert.ok(Math.max(...data) - Math.min(...data) > 0.1, name);
      });
    });

    it('gives the same bits wherever it is cut in two, through stages and records', () => {
      for (let cut = 1; cut < network.layers.length; cut += 1) assertSameThroughStages([cut]);
    });

    it('gives the same bits cut in three and four', () => {
      const random = randomFrom(8);
      for (let time = 0; time < 6; time += 1) {
        assertSameThroughStages(randomCuts(network.layers.length, random));
      }
    });

    it('gives the same bits cut between all of its layers', () => {
      const everywhere = Array.from(network.layers.slice(1), (_, index) => index + 1);
      assertSameThroughStages(everywhere);
    });

    it('gives an item the same bits in batches of any size, at any place', () => {
      const inputs = randomTensors(network.inputs, 13, 5);
      const rows = (order: readonly number[]): string[] => {
        const outputs = whole.run(inputs.map((input) => pickRows(input, order)));
        return order.map((_, row) => bitsOf(outputs.map((one) => pickRows(one, [row]))).join());
      };
      const all = rows(Array.from({ length: 13 }, (_, row) => row));
      for (const order of [
        [4],
        [12, 4, 0],
        [7, 6, 5, 4, 3, 2, 1, 0],
        [12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
      ]) {
        assert.deepEqual(
          rows(order),
          order.map((row) => all[row]),
        );
      }
    });

    it('leaves no tensor behind', () => {
      const before = tf.memory().numTensors;
      const part = subModelOf(network, { from: 1, to: network.layers.length });
      part.run(randomTensors(part.inputs, 9, 6));
      part.dispose();
      assert.equal(tf.memory().numTensors, before);
    });
  });
}
