import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UncutModel } from '../../../src/observe/uncut-model.js';
import { projectDir } from '../../../src/project-dir.js';
import { randomNetwork, small } from '../model/networks.js';
import { filesOf } from '../model/recurrent-networks.js';

interface KerasCase {
  readonly topology: unknown;
  readonly manifest: unknown;
  readonly weights: string;
}

describe('the uncut model', () => {
  it("is compared with tfjs-layers' own predict", async () => {
    const uncut = await UncutModel.load(await randomNetwork(small, 1), 5, 3);
    uncut.predict(new Int32Array(2 * small.steps), 2);
    const found = await uncut.differenceFromTfjs();
    uncut.dispose();
    assert.ok(found !== null && 'largest' in found);
    assert.equal(found.windows, 2);
    assert.ok(found.largest < 1e-5);
  });

  it('says why not where tfjs-layers knows no such layer', async () => {
    const path = join(projectDir(), 'test/unit/model/fixtures/keras.json');
    const { gru } = JSON.parse(await readFile(path, 'utf8')) as { gru: KerasCase };
    const files = filesOf(gru.topology, gru.manifest, Buffer.from(gru.weights, 'base64'));
    const uncut = await UncutModel.load(files, 2, 3);
    uncut.predict(new Int32Array(6), 1);
    const found = await uncut.differenceFromTfjs();
    uncut.dispose();
    assert.ok(found !== null && 'refusal' in found);
    assert.match(found.refusal, /tfjs-layers can't load model.json.*reset/i);
  });
});
