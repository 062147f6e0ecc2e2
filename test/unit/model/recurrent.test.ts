import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { compileSubModel } from '../../../src/model/engine/sub-model.js';
import { compileWithTfjs } from '../../../src/model/engine/tfjs-engine.js';
import { readNetwork } from '../../../src/model/network.js';
import { tf } from '../../../src/model/tensorflow.js';
import { projectDir } from '../../../src/project-dir.js';
import { CutNetwork, pickRows, randomFrom, runOne } from './networks.js';
import { plainGru } from './plain-gru.js';
import { filesOf, recurrentModel } from './recurrent-networks.js';
import type { HostTensor } from '../../../src/model/tensor.js';
import type { SubModel } from '../../../src/model/engine/sub-model.js';
import type { HandMadeModel, RecurrentSpec } from './recurrent-networks.js';

interface KerasCase {
  readonly topology: unknown;
  readonly manifest: unknown;
  readonly weights: string;
  readonly cells: readonly (readonly number[])[];
  readonly predicted: readonly (readonly number[])[];
}

const steps = 6;
const features = 10;

function randomInput(items: number, seed: number): HostTensor {
  const random = randomFrom(seed);
  const data = Float32Array.from({ length: items * steps * features }, () => 2 * random() - 1);
  return { name: 'input', dtype: 'float32', shape: [items, steps, features], data };
}

function assertClose(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  assert.equal(actual.length, expected.length);
  const largest = Math.max(
    ...Array.from(expected, (value, index) => Math.abs(value - (actual[index] ?? NaN))),
  );
  assert.ok(largest < 1e-5, `differs by ${largest}`);
}

/** What the model gives, by the cell's equations: a stack of GRUs. */
function plainStack(
  { weights }: HandMadeModel,
  specs: readonly RecurrentSpec[],
  input: HostTensor,
) {
  const [items = 0] = input.shape;
  return Array.from({ length: items }, (_, item) => {
    const row = [...pickRows(input, [item]).data];
    let sequence = Array.from({ length: steps }, (_, step) =>
      row.slice(step * features, (step + 1) * features),
    );
    specs.forEach(({ units }, index) => {
      const weight = (name: string, length: number): Float32Array =>
        weights.get(`layer_${index}/${name}`) ?? new Float32Array(length);
      sequence = plainGru(sequence, {
        kernel: weight('kernel', 0),
        recurrent: weight('recurrent_kernel', 0),
        bias: weight('bias', 6 * units),
        units,
      });
    });
    return (specs.at(-1)?.returnSequences ? sequence : sequence.slice(-1)).flat();
  }).flat();
}

describe('recurrent layers of Keras', async () => {
  const path = join(projectDir(), 'test/unit/model/fixtures/keras.json');
  const cases = JSON.parse(await readFile(path, 'utf8')) as Readonly<Record<string, KerasCase>>;
  for (const [name, { topology, manifest, weights, cells, predicted }] of Object.entries(cases)) {
    it(`give what Keras itself predicts with them within 1e-5: ${name}`, async () => {
      const files = filesOf(topology, manifest, Buffer.from(weights, 'base64'));
      assert.ok(readNetwork(files).layers.every(({ route }) => route !== 'tfjs'));
      const model = await compileSubModel(files, { from: 0, to: 5 });
      const shape = [cells.length, steps];
      const data = Int32Array.from(cells.flat());
      const output = runOne(model, { name: 'cells', dtype: 'int32', shape, data });
      model.dispose();
      assertClose(output.data, predicted.flat());
    });
  }
});

/** The sequence of widths that a kind of layer is tried with: whole vectors, and not. */
const stacks = (kind: RecurrentSpec['kind']): readonly (readonly RecurrentSpec[])[] => [
  [
    { kind, units: 8, returnSequences: true, useBias: true },
    { kind, units: 5, returnSequences: true, useBias: false },
    { kind, units: 100, returnSequences: true, useBias: true },
    { kind, units: 13, returnSequences: false, useBias: true },
  ],
  [{ kind, units: 16, returnSequences: false, useBias: false }],
  [{ kind, units: 128, returnSequences: true, useBias: true }],
];

for (const [kind, title] of [
  ['GRU', 'GRUs with the reset gate behind the product'],
  ['LSTM', 'LSTMs'],
] as const) {
  for (const specs of stacks(kind)) {
    describe(`${title} of ${specs.map(({ units }) => units).join(', ')} units`, () => {
      const model = recurrentModel(specs, { steps, features, seed: 3 });
      let whole: SubModel;
      let cut: CutNetwork;

      before(async () => {
        whole = await compileSubModel(model.files, { from: 0, to: specs.length });
        cut = new CutNetwork(model.files);
      });
      after(() => {
        whole.dispose();
        cut.dispose();
        assert.equal(tf.memory().numTensors, 0, 'no tensor is left behind');
      });

      it('take the native route', () => {
        assert.ok(readNetwork(model.files).layers.every(({ route }) => route !== 'tfjs'));
      });

      if (kind === 'GRU') {
        it('agree within 1e-5 with the equations of the cell', () => {
          const input = randomInput(3, 4);
          assertClose(runOne(whole, input).data, plainStack(model, specs, input));
        });
      } else {
        it("agree within 1e-5 with tfjs-layers' own", async () => {
          const input = randomInput(11, 4);
          const theirs = await compileWithTfjs(model.files);
          const expected = runOne(theirs, input);
          theirs.dispose();
          assertClose(runOne(whole, input).data, expected.data);
        });
      }

      it('give each item the bits that it gets alone, whatever the batch', () => {
        const input = randomInput(230, 5);
        const together = runOne(whole, input);
        for (const rows of [[0], [229], [7, 3, 5], [...Array(64).keys()], [...Array(101).keys()]]) {
          assert.deepEqual(runOne(whole, pickRows(input, rows)), pickRows(together, rows));
        }
      });

      it('give the same bits wherever they are cut', async () => {
        const input = randomInput(11, 6);
        const expected = runOne(whole, input);
        for (let at = 1; at < specs.length; at += 1) {
          assert.deepEqual(await cut.run([at], input), [expected], `cut before layer ${at}`);
        }
        const everywhere = specs.slice(1).map((_, index) => index + 1);
        assert.deepEqual(await cut.run(everywhere, input), [expected]);
      });
    });
  }
}

describe('a recurrent layer that no native cell computes', () => {
  const change = (kind: RecurrentSpec['kind'], config: Readonly<Record<string, unknown>>) => {
    const spec = { kind, units: 4, returnSequences: false, useBias: true };
    const { files } = recurrentModel([spec], { steps, features, seed: 8 });
    const json = JSON.parse(files.get('model.json')?.toString() ?? '') as {
      modelTopology: { config: { layers: { config: object }[] } };
    };
    Object.assign(json.modelTopology.config.layers[0]?.config ?? {}, config);
    return new Map(files).set('model.json', Buffer.from(JSON.stringify(json)));
  };

  it('is left to tfjs-layers where that can compute it', async () => {
    const files = change('LSTM', { recurrent_activation: 'hard_sigmoid' });
    assert.equal(readNetwork(files).layers[0]?.route, 'tfjs');
    const model = await compileSubModel(files, { from: 0, to: 1 });
    assert.deepEqual(runOne(model, randomInput(3, 1)).shape, [3, 4]);
    model.dispose();
  });

  it('is refused with the reason where tfjs-layers cannot either', () => {
    const files = change('GRU', { activation: 'relu' });
    assert.throws(() => readNetwork(files), {
      code: 'MODEL_UNSUPPORTED',
      message: /layer_0 \(GRU\) can't be run:.*reset/is,
    });
  });
});
