import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { importModel } from '../../../../src/model/import/import-model.js';
import { readNetwork } from '../../../../src/model/network.js';
import { randomTensors } from '../branched-networks.js';
import { recordOf, StageChain } from '../stage-chain.js';
import { assertAsKeras, runInEngine } from './imported-models.js';
import { vectorDir } from './keras-vectors.js';
import { archiveOf, importBytes, partsOf } from './model-parts.js';
import type { ImportedModel } from '../../../../src/model/import/import-model.js';
import type { HostTensor } from '../../../../src/model/tensor.js';

const namesOf = ({ layers }: ImportedModel): string[] => layers.map(({ name }) => name);

/** Name, shape and bits of each tensor but the windower's, in the order of their names. */
function bitsOf(tensors: readonly HostTensor[]): string[] {
  return tensors
    .filter(({ name }) => name !== 'currentCell')
    .map(({ name, shape, data }) => {
      const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
      return `${name} [${shape.join()}] ${bytes.toString('hex')}`;
    })
    .sort();
}

describe('a model within a model, imported', () => {
  it('has its layers in its place, named after both', async () => {
    const imported = await importModel(join(vectorDir, 'transfer.keras'));
    assert.deepEqual(namesOf(imported), [
      ...['picture', 'rescale'],
      ...['conv', 'norm', 'relu', 'conv_2', 'norm_2', 'add'].map((name) => `base/${name}`),
      ...['pool', 'dropout', 'scores'],
    ]);
    assert.deepEqual(imported.takenApart, [
      { name: 'base', className: 'Functional', layerCount: 6 },
    ]);
    assert.deepEqual(imported.renamed, []);
  });

  it('is taken apart however deep, layers of one name in different models included', async () => {
    const imported = await importModel(join(vectorDir, 'sequence-of-models.h5'));
    const [, ...names] = namesOf(imported);
    assert.deepEqual(names, [
      ...['both_ways', 'norm', 'each', 'norm_2', 'gru'].map((name) => `encoder/${name}`),
      ...['middle/deepest/dense', 'middle/deepest/dropout', 'middle/norm', 'middle/add'].map(
        (name) => `head/${name}`,
      ),
      ...['head/dense', 'head/norm_2', 'scores'],
    ]);
    assert.deepEqual(
      imported.takenApart.map(({ name, layerCount }) => [name, layerCount]),
      [
        ['encoder', 5],
        ['head', 6],
        ['head/middle', 4],
        ['head/middle/deepest', 2],
      ],
    );
  });

  it('gives what is taken of it, and has no layer that only something else needs', async () => {
    const { layers } = await importModel(join(vectorDir, 'several-ends.keras'));
    const names = layers.map(({ name }) => name);
    assert.ok(names.includes('merge/gate'));
    assert.ok(!names.includes('merge/unused'));
  });

  it('may change pictures at random in training', async () => {
    const { files, layers } = await importModel(join(vectorDir, 'augmented.keras'));
    assertAsKeras('augmented', files);
    assert.equal(layers.filter(({ route }) => route === 'identity').length, 6);
  });

  for (const name of ['transfer', 'sequence-of-models', 'several-ends']) {
    it(`gives the same bits wherever it is cut, through stages and records: ${name}`, async () => {
      const { files } = await importModel(join(vectorDir, `${name}.keras`));
      const network = readNetwork(files);
      const inputs = randomTensors(network.inputs, 5, 3);
      const expected = bitsOf(runInEngine(files, inputs));
      for (let cut = 1; cut < network.layers.length; cut += 1) {
        const chain = new StageChain(network, [cut]);
        const { last } = chain.run(recordOf(inputs));
        chain.dispose();
        assert.deepEqual(bitsOf(last.tensors), expected, `cut ${cut}`);
      }
    });
  }

  it('has its layers renamed where another has the name, and says so', async () => {
    const parts = await partsOf('transfer');
    const text = parts['config.json'].toString().replaceAll('"rescale"', '"base/relu"');
    const config = Buffer.from(text);
    const imported = await importBytes(archiveOf({ ...parts, 'config.json': config }));
    assert.deepEqual(imported.renamed, [{ from: 'base/relu', to: 'base/relu_1' }]);
    assertAsKeras('transfer', imported.files);
  });
});

describe('a model within a model that is called with something else than it takes', () => {
  const input = '"batch_shape": [null, null, null, 3], "dtype": "float32"';
  const refusals = {
    'another shape': [
      input.replace('null, null, null', 'null, 8, 9'),
      /The model base is called with what layer rescale \(Rescaling\) gives: \[8, 8, 3\], which it takes for \[8, 9, 3\]/,
    ],
    'more dimensions': [input.replace('null, null, null', 'null, null'), /takes for \[null, 3\]/],
    'fractions in place of whole numbers': [
      input.replace('float32', 'int32'),
      /The model base .*: fractions, which Keras makes whole numbers \(int32\) of/,
    ],
  } as const;
  for (const [what, [changed, message]] of Object.entries(refusals)) {
    it(`is refused: ${what}`, async () => {
      const parts = await partsOf('transfer');
      const text = parts['config.json'].toString();
      assert.ok(text.includes(input));
      const config = Buffer.from(text.replace(input, changed));
      const bytes = archiveOf({ ...parts, 'config.json': config });
      await assert.rejects(importBytes(bytes), { code: 'MODEL_UNSUPPORTED', message });
    });
  }
});

const tensorOf3 = z.object({
  config: z.object({ keras_history: z.tuple([z.string(), z.int(), z.int()]) }),
});
const call3 = z.object({ args: z.array(z.unknown()), kwargs: z.record(z.string(), z.unknown()) });
const entry3 = z.looseObject({ class_name: z.string(), config: z.looseObject({}) });

const classesOfModels = ['Functional', 'Sequential'];

/** A functional model's configuration as Keras 2 writes it, by its documentation of `inbound_nodes`. */
function asKeras2(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asKeras2);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, one]): [string, unknown] => [
    key,
    asKeras2(one),
  ]);
  const plain: Record<string, unknown> = Object.fromEntries(entries);
  const { layers } = plain;
  if (!Array.isArray(layers)) return plain;
  const list = layers.map((layer) => entry3.parse(layer));
  const models = list.filter((layer) => classesOfModels.includes(layer.class_name));
  const names = new Set(models.map(({ config }) => config['name']));
  return {
    ...plain,
    layers: list.map((layer) => {
      const calls = z.array(call3).parse(layer['inbound_nodes'] ?? []);
      const inbound_nodes = calls.map(({ args, kwargs }) =>
        args.flat().map((tensor) => {
          const [name, call, output] = tensorOf3.parse(tensor).config.keras_history;
          return [name, call + Number(names.has(name)), output, kwargs];
        }),
      );
      return 'inbound_nodes' in layer ? { ...layer, inbound_nodes } : layer;
    }),
  };
}

describe('a model within a model, in older files', () => {
  for (const name of ['transfer', 'several-ends']) {
    it(`is taken apart as Keras 2 lists calls: ${name}`, async () => {
      const parts = await partsOf(name);
      const config: unknown = JSON.parse(parts['config.json'].toString());
      const older = JSON.stringify(asKeras2(config));
      assert.ok(!older.includes('keras_history'));
      const bytes = archiveOf({
        ...parts,
        'config.json': Buffer.from(older),
        'metadata.json': Buffer.from('{"keras_version": "2.15.0"}'),
      });
      assertAsKeras(name, (await importBytes(bytes)).files);
    });
  }
});
