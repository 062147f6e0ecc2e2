import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { z } from 'zod';
import { compileSubModel } from '../../../../src/model/engine/sub-model.js';
import { importModel } from '../../../../src/model/import/import-model.js';
import { loadModelFiles, saveModelFiles } from '../../../../src/model/model-files.js';
import { describeLayers } from '../../../../src/model/network.js';
import { projectDir } from '../../../../src/project-dir.js';
import { randomNetwork, randomWindows, runOne, small } from '../networks.js';
import { largestDifference } from './keras-vectors.js';
import type { ModelFiles } from '../../../../src/model/model-files.js';
import type { HostTensor } from '../../../../src/model/tensor.js';

async function predict(files: ModelFiles, input: HostTensor): Promise<number[]> {
  const model = await compileSubModel(files, { from: 0, to: describeLayers(files).length });
  const { data } = runOne(model, input);
  model.dispose();
  return [...data];
}

/** Weights as TensorFlow's converter shrinks them, written by hand: half the bits of each float. */
function inSixteenBits(files: ModelFiles): ModelFiles {
  const weights = files.get('weights.bin') ?? Buffer.alloc(0);
  const json = files.get('model.json')?.toString() ?? '';
  const floats = new Float32Array(
    weights.buffer.slice(weights.byteOffset, weights.byteOffset + weights.length),
  );
  const [least, most] = floats.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [0, 0]);
  const scale = (most - least) / 65_535;
  const packed = Uint16Array.from(floats, (value) => Math.round((value - least) / scale));
  const quantization = JSON.stringify({ dtype: 'uint16', scale, min: least });
  return new Map([
    [
      'model.json',
      Buffer.from(
        json.replaceAll('"dtype":"float32"}', `"dtype":"float32","quantization":${quantization}}`),
      ),
    ],
    ['weights.bin', Buffer.from(packed.buffer)],
  ]);
}

describe('a model of tfjs-layers', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stagecoach-import-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('predicts the same bits when it is imported, from its folder or its model.json', async () => {
    const files = await randomNetwork(small, 3);
    await saveModelFiles(files, join(folder, 'own'));
    const input = randomWindows(5, small, 4);
    const expected = await predict(files, input);
    for (const source of [join(folder, 'own'), join(folder, 'own', 'model.json')]) {
      const { files: imported } = await importModel(source);
      await saveModelFiles(imported, join(folder, 'imported'));
      assert.deepEqual(
        await predict(await loadModelFiles(join(folder, 'imported')), input),
        expected,
      );
    }
  });

  it('is taken with quantised weights', async () => {
    const files = await randomNetwork(small, 5);
    await saveModelFiles(inSixteenBits(files), join(folder, 'quantised'));
    const input = randomWindows(5, small, 6);
    const { files: imported } = await importModel(join(folder, 'quantised'));
    assert.equal(imported.get('weights.bin')?.length, files.get('weights.bin')?.length);
    const difference = largestDifference(
      await predict(imported, input),
      await predict(files, input),
    );
    assert.ok(difference > 0 && difference < 1e-3, String(difference));
  });

  it('is taken as the converter makes it of a Keras model, and gives what Keras gives', async () => {
    const caseSchema = z.object({
      topology: z.unknown(),
      manifest: z.unknown(),
      weights: z.string(),
      cells: z.array(z.array(z.int())),
      predicted: z.array(z.array(z.number())),
    });
    const path = join(projectDir(), 'test/unit/model/fixtures/keras.json');
    const cases = z.record(z.string(), caseSchema).parse(JSON.parse(readFileSync(path, 'utf8')));
    for (const [name, { topology, manifest, weights, cells, predicted }] of Object.entries(cases)) {
      const weightsManifest = [{ paths: ['group1-shard1of1.bin'], weights: manifest }];
      const json = JSON.stringify({ modelTopology: topology, weightsManifest });
      const source = new Map([
        ['model.json', Buffer.from(json)],
        ['group1-shard1of1.bin', Buffer.from(weights, 'base64')],
      ]);
      await saveModelFiles(source, join(folder, name));
      const { files } = await importModel(join(folder, name));
      const data = Int32Array.from(cells.flat());
      const shape = [cells.length, cells[0]?.length ?? 0];
      const found = await predict(files, { name: 'cells', dtype: 'int32', shape, data });
      assert.ok(largestDifference(found, predicted.flat()) < 1e-5);
    }
  });

  it('is refused where its weights are fewer than it lists', async () => {
    const files = await randomNetwork(small, 3);
    const weights = files.get('weights.bin');
    assert.ok(weights);
    const short = new Map(files).set('weights.bin', weights.subarray(4));
    await saveModelFiles(short, join(folder, 'short'));
    await assert.rejects(importModel(join(folder, 'short')), {
      code: 'MODEL_FILE_INVALID',
      message: /lists weights of/,
    });
  });

  it('is refused where it is a graph model', async () => {
    const path = join(folder, 'graph.json');
    await writeFile(
      join(folder, 'model.json'),
      '{"format":"graph-model","modelTopology":{},"weightsManifest":[]}',
    );
    await assert.rejects(importModel(folder), {
      code: 'MODEL_UNSUPPORTED',
      message: /graph model/,
    });
    await assert.rejects(importModel(path), { code: 'MODEL_FILE_MISSING' });
  });
});
