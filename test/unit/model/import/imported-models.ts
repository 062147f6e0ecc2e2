import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { subModelOf } from '../../../../src/model/engine/sub-model.js';
import { importModel } from '../../../../src/model/import/import-model.js';
import { saveModelFiles } from '../../../../src/model/model-files.js';
import { readNetwork } from '../../../../src/model/network.js';
import { kerasVectors, largestDifference } from './keras-vectors.js';
import type { ImportedModel } from '../../../../src/model/import/import-model.js';
import type { ModelFiles } from '../../../../src/model/model-files.js';
import type { HostTensor } from '../../../../src/model/tensor.js';

/** Imports a model of tfjs-layers. */
export async function importFiles(files: ModelFiles): Promise<ImportedModel> {
  const folder = await mkdtemp(join(tmpdir(), 'stagecoach-import-'));
  try {
    await saveModelFiles(files, folder);
    return await importModel(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** What the uncut network gives. */
export function runInEngine(
  files: ModelFiles,
  inputs: readonly HostTensor[],
): readonly HostTensor[] {
  const network = readNetwork(files);
  const model = subModelOf(network, { from: 0, to: network.layers.length });
  const outputs = model.run(inputs);
  model.dispose();
  return outputs;
}

/** Fails unless a network gives within 1e-5 what Keras gave, for inputs that are all floats. */
export function assertAsKeras(name: string, files: ModelFiles): void {
  const { inputs, outputs } = kerasVectors(name);
  const tensors = readNetwork(files).inputs.map(({ name: input }, at): HostTensor => {
    const { shape = [], values = [] } = inputs[at] ?? {};
    return { name: input, dtype: 'float32', shape, data: Float32Array.from(values) };
  });
  const found = runInEngine(files, tensors);
  assert.equal(found.length, outputs.length);
  outputs.forEach(({ values }, at) => {
    assert.ok(largestDifference(found[at]?.data ?? [], values) < 1e-5);
  });
}
