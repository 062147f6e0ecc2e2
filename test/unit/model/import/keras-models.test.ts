import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { compileSubModel } from '../../../../src/model/engine/sub-model.js';
import { importModel } from '../../../../src/model/import/import-model.js';
import { describeLayers, readNetwork } from '../../../../src/model/network.js';
import { tf } from '../../../../src/model/tensorflow.js';
import { toTfjs } from '../../../../src/model/tfjs-model.js';
import { runOne } from '../networks.js';
import { kerasVectors, largestDifference, vectorDir } from './keras-vectors.js';
import type { ModelFiles } from '../../../../src/model/model-files.js';
import type { VectorTensor } from './keras-vectors.js';

const tolerance = 1e-5;
const formats = ['keras', 'h5'];

/** Keras' own numbers for one network in the engine. */
async function runInEngine(files: ModelFiles, { shape, values }: VectorTensor) {
  const model = await compileSubModel(files, { from: 0, to: describeLayers(files).length });
  const takesIds = readNetwork(files).layers[0]?.idCount !== undefined;
  const output = takesIds
    ? runOne(model, { name: 'cells', dtype: 'int32', shape, data: Int32Array.from(values) })
    : runOne(model, { name: 'input', dtype: 'float32', shape, data: Float32Array.from(values) });
  model.dispose();
  return [...output.data];
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

for (const format of formats) {
  describe(`a sequence of layers in Keras' ${format} file`, () => {
    for (const name of ['gru', 'lstm', 'bidirectional', 'pictures']) {
      it(`gives in the engine what Keras gives: ${name}`, async () => {
        const { inputs, outputs } = kerasVectors(name);
        const [input] = inputs;
        assert.ok(input);
        const { files, refusal } = await importModel(join(vectorDir, `${name}.${format}`));
        assert.equal(refusal, null);
        const found = await runInEngine(files, input);
        assert.ok(largestDifference(found, outputs[0]?.values ?? []) < tolerance);
      });
    }
  });

  describe(`a graph of layers in Keras' ${format} file`, () => {
    for (const name of ['residual', 'two-inputs', 'sequences', 'volumes', 'nested']) {
      it(`gives in tfjs-layers what Keras gives: ${name}`, async () => {
        const { inputs, outputs } = kerasVectors(name);
        const { files } = await importModel(join(vectorDir, `${name}.${format}`));
        const found = await runInTfjs(files, inputs);
        assert.equal(found.length, outputs.length);
        outputs.forEach(({ values }, index) => {
          assert.ok(largestDifference(found[index] ?? [], values) < tolerance);
        });
      });
    }
  });
}
