import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { compileSubModel } from '../../../../src/model/engine/sub-model.js';
import { importModel } from '../../../../src/model/import/import-model.js';
import { readNetwork } from '../../../../src/model/network.js';
import { tf } from '../../../../src/model/tensorflow.js';
import { toTfjs } from '../../../../src/model/tfjs-model.js';
import { kerasVectors, largestDifference, vectorDir } from './keras-vectors.js';
import type { ModelFiles } from '../../../../src/model/model-files.js';
import type { HostTensor } from '../../../../src/model/tensor.js';
import type { VectorTensor } from './keras-vectors.js';

const tolerance = 1e-5;
const formats = ['keras', 'h5'];
/** With branches. */
const graphs = ['residual', 'sequences', 'volumes'];
/** With models within the model. */
const modelsOfModels = ['nested', 'transfer', 'sequence-of-models', 'several-ends'];
/** With a layer that tfjs-layers has not: a GRU with the reset gate behind the product. */
const forTheEngine = 'sequence-of-models';
/** What tfjs-layers can run and the engine can't. */
const refused = new Map([
  ['two-inputs', /Layer shared \(Dense\) is shared: the model applies it 2 times/],
  ['twice', /Layer block \(Functional\) is shared: the model applies it 2 times/],
]);

/** What the uncut network gives in the engine. */
async function runInEngine(
  files: ModelFiles,
  inputs: readonly VectorTensor[],
): Promise<number[][]> {
  const network = readNetwork(files);
  const model = await compileSubModel(files, { from: 0, to: network.layers.length });
  const tensors = network.inputs.map(({ name, dtype }, index): HostTensor => {
    const { shape = [], values = [] } = inputs[index] ?? {};
    const data = dtype === 'int32' ? Int32Array.from(values) : Float32Array.from(values);
    return { name, dtype, shape, data };
  });
  const outputs = model.run(tensors).map(({ data }) => [...data]);
  model.dispose();
  return outputs;
}

async function runInTfjs(files: ModelFiles, inputs: readonly VectorTensor[]): Promise<number[][]> {
  const model = await toTfjs(files);
  try {
    return tf.tidy(() => {
      const outputs = model.predict(inputs.map(({ values, shape }) => tf.tensor(values, shape)));
      return [outputs].flat().map((output) => [...output.dataSync()]);
    });
  } finally {
    model.dispose();
  }
}

function assertNear(found: readonly number[][], expected: readonly VectorTensor[]): void {
  assert.equal(found.length, expected.length);
  expected.forEach(({ values }, index) => {
    assert.ok(largestDifference(found[index] ?? [], values) < tolerance);
  });
}

for (const format of formats) {
  describe(`a network in Keras' ${format} file`, () => {
    for (const name of ['gru', 'lstm', 'bidirectional', 'pictures', ...graphs, ...modelsOfModels]) {
      it(`gives in the engine what Keras gives: ${name}`, async () => {
        const { inputs, outputs } = kerasVectors(name);
        const { files, refusal } = await importModel(join(vectorDir, `${name}.${format}`));
        assert.equal(refusal, null);
        assertNear(await runInEngine(files, inputs), outputs);
      });
    }

    const others = modelsOfModels.filter((name) => name !== forTheEngine);
    for (const name of [...graphs, ...others, ...refused.keys()]) {
      it(`gives in tfjs-layers what Keras gives: ${name}`, async () => {
        const { inputs, outputs } = kerasVectors(name);
        const { files } = await importModel(join(vectorDir, `${name}.${format}`));
        assertNear(await runInTfjs(files, inputs), outputs);
      });
    }

    for (const [name, why] of refused) {
      it(`is written though the engine can't run it, with the reason: ${name}`, async () => {
        const { refusal } = await importModel(join(vectorDir, `${name}.${format}`));
        assert.match(refusal ?? '', why);
      });
    }
  });
}
