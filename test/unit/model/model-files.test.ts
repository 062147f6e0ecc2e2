import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { loadModelFiles, modelDigest, saveModelFiles } from '../../../src/model/model-files.js';
import { WeightTable } from '../../../src/model/weights.js';
import type { ModelFiles } from '../../../src/model/model-files.js';

/** Two weights, of 2 and 3 values, made by hand. */
function modelOf(change: Readonly<Record<string, Buffer | undefined>> = {}): ModelFiles {
  const modelJson = {
    modelTopology: {},
    weightsManifest: [
      {
        paths: ['weights.bin'],
        weights: [
          { name: 'a/kernel', shape: [2], dtype: 'float32' },
          { name: 'b/kernel', shape: [3, 1], dtype: 'float32' },
        ],
      },
    ],
  };
  const files: Readonly<Record<string, Buffer | undefined>> = {
    'model.json': Buffer.from(JSON.stringify(modelJson)),
    'weights.bin': Buffer.from(Float32Array.of(1, 2, 3, 4, 5).buffer),
    'grid.json': Buffer.from('{}'),
    ...change,
  };
  return new Map(Object.entries(files).flatMap(([path, bytes]) => (bytes ? [[path, bytes]] : [])));
}

describe('model files', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stagecoach-test-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('come back from a folder as they were saved there, without what else lies in it', async () => {
    const path = join(folder, 'saved');
    await saveModelFiles(modelOf(), path);
    await writeFile(join(path, 'card.md'), 'about the model');
    const loaded = await loadModelFiles(path);
    assert.deepEqual(new Map([...loaded].sort()), new Map([...modelOf()].sort()));
  });

  it('replace an older model and leave nothing else behind', async () => {
    const path = join(folder, 'replaced');
    await saveModelFiles(modelOf(), path);
    await saveModelFiles(modelOf({ 'grid.json': Buffer.from('{"new":1}') }), path);
    assert.equal(await readFile(join(path, 'grid.json'), 'utf8'), '{"new":1}');
    assert.deepEqual((await readdir(path)).sort(), ['grid.json', 'model.json', 'weights.bin']);
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.startsWith('.')),
      [],
    );
  });

  it('are named by a digest that sha256sum gives too', async () => {
    const path = join(folder, 'digest');
    await saveModelFiles(modelOf(), path);
    const printed = execFileSync(
      'sh',
      ['-c', 'LC_ALL=C sha256sum grid.json model.json weights.bin | sha256sum'],
      { cwd: path, encoding: 'utf8' },
    );
    assert.equal(modelDigest(await loadModelFiles(path)), printed.split(' ')[0]);
  });

  it('get another digest from any other byte, or another file name, but not from another order', () => {
    const digest = modelDigest(modelOf());
    assert.equal(modelDigest(new Map([...modelOf()].reverse())), digest);
    const others = [
      modelOf({ 'grid.json': Buffer.from('{ }') }),
      modelOf({ 'weights.bin': Buffer.alloc(20) }),
      modelOf({ 'grid.json': undefined, 'other.json': Buffer.from('{}') }),
    ];
    for (const files of others) assert.notEqual(modelDigest(files), digest);
  });

  it('need not have a grid to be loaded', async () => {
    const path = join(folder, 'gridless');
    await saveModelFiles(modelOf({ 'grid.json': undefined }), path);
    assert.deepEqual([...(await loadModelFiles(path)).keys()], ['model.json', 'weights.bin']);
  });

  it('are missed with their full path', async () => {
    const path = join(folder, 'missing');
    const message = new RegExp(join(path, 'model.json'));
    await assert.rejects(loadModelFiles(path), { code: 'MODEL_FILE_MISSING', message });
    await saveModelFiles(modelOf(), path);
    await rm(join(path, 'weights.bin'));
    await assert.rejects(loadModelFiles(path), {
      code: 'MODEL_FILE_MISSING',
      message: /weights\.bin/,
    });
  });

  for (const [what, text] of [
    ['no JSON', '{"weightsManifest": ['],
    ['JSON of something else', '{"cells": []}'],
    ['a weight file outside the folder', '{"weightsManifest":[{"paths":["../x"],"weights":[]}]}'],
  ] as const) {
    it(`are refused when model.json is ${what}`, async () => {
      const path = await mkdtemp(join(folder, 'broken-'));
      await writeFile(join(path, 'model.json'), text);
      await assert.rejects(loadModelFiles(path), { code: 'MODEL_FILE_INVALID' });
    });
  }
});

describe('weights', () => {
  it('are found by name, as a copy', () => {
    const weights = new WeightTable(modelOf());
    const values = weights.values('b/kernel', [3, 1]);
    assert.deepEqual(values, Float32Array.of(3, 4, 5));
    values.fill(0);
    assert.deepEqual(weights.values('b/kernel', [3, 1]), Float32Array.of(3, 4, 5));
  });

  it('are found by their own name before another is by its name without a cell', () => {
    const weights = ['a/kernel', 'a/cell/kernel', 'b/cell/kernel'].map((name) => {
      return { name, shape: [1], dtype: 'float32' };
    });
    const json = JSON.stringify({ weightsManifest: [{ paths: ['1.bin'], weights }] });
    const files = new Map([
      ['model.json', Buffer.from(json)],
      ['1.bin', Buffer.from(Float32Array.of(1, 2, 3).buffer)],
    ]);
    const table = new WeightTable(files);
    assert.deepEqual(table.values('a/kernel', [1]), Float32Array.of(1));
    assert.deepEqual(table.values('b/kernel', [1]), Float32Array.of(3));
  });

  it('may be spread over several files', () => {
    const modelJson = {
      weightsManifest: [
        {
          paths: ['1.bin', '2.bin'],
          weights: [{ name: 'a/kernel', shape: [3], dtype: 'float32' }],
        },
      ],
    };
    const bytes = Buffer.from(Float32Array.of(6, 7, 8).buffer);
    const files = new Map([
      ['model.json', Buffer.from(JSON.stringify(modelJson))],
      ['1.bin', bytes.subarray(0, 5)],
      ['2.bin', bytes.subarray(5)],
    ]);
    assert.deepEqual(new WeightTable(files).values('a/kernel', [3]), Float32Array.of(6, 7, 8));
  });

  it('are refused when a file is cut short, and the message says by how much', () => {
    const files = modelOf({ 'weights.bin': Buffer.alloc(16) });
    assert.throws(() => new WeightTable(files), {
      code: 'MODEL_FILE_INVALID',
      message: /16 bytes.*20 bytes/s,
    });
  });

  it('are refused when one is missing, or of another shape than its layer needs', () => {
    const weights = new WeightTable(modelOf());
    assert.throws(() => weights.values('c/kernel', [2]), {
      code: 'MODEL_FILE_INVALID',
      message: /c\/kernel is missing/,
    });
    assert.throws(() => weights.values('a/kernel', [4]), {
      code: 'MODEL_FILE_INVALID',
      message: /\[2\].*\[4\]/,
    });
  });

  it('of a number format other than float32 are refused', () => {
    const text = modelOf().get('model.json')?.toString() ?? '';
    const files = modelOf({ 'model.json': Buffer.from(text.replace('float32', 'int32')) });
    assert.throws(() => new WeightTable(files), {
      code: 'MODEL_UNSUPPORTED',
      message: /a\/kernel is int32/,
    });
  });
});
