import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { loadModelFiles } from '../../src/model/model-files.js';
import { describeLayers } from '../../src/model/network.js';
import { projectDir } from '../../src/project-dir.js';
import { CommandLine } from './command-line.js';

const vectors = join(projectDir(), 'test/vectors/keras');
const grid = join(projectDir(), 'models/daejeon/grid.json');

describe('stagecoach import', () => {
  const commandLine = new CommandLine([]);
  after(() => commandLine.close());

  it('writes a model folder with its grid, and shows what computes each layer', async () => {
    const source = join(vectors, 'gru.keras');
    const args = ['import', source, '--out', 'network', '--grid', grid];
    const { code, stdout, stderr } = await commandLine.run(args);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /gru_after +│ GRU +│ 6 × 6 +│ +216 │ native/);
    assert.match(stdout, /7 layers with 494 weights, written to network/);
    const files = await loadModelFiles(commandLine.file('network'));
    assert.deepEqual(files.get('grid.json'), await readFile(grid));
    assert.equal(describeLayers(files).length, 6);
  });

  it('says which models within the model are taken apart', async () => {
    const args = ['import', join(vectors, 'transfer.keras'), '--out', 'transfer'];
    const { code, stdout, stderr } = await commandLine.run(args);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /base\/conv_2 +│ DepthwiseConv2D/);
    assert.match(stdout, /The model base \(Functional\) is taken apart: .* 6, are .* base\/…/);
  });

  it('writes nothing, and says which layers it can not take, where it can not', async () => {
    const before = await readdir(commandLine.folder);
    const source = join(vectors, 'refused.keras');
    const { code, stderr } = await commandLine.run(['import', source, '--out', 'refused']);
    assert.equal(code, 1);
    assert.match(stderr, /- twice \(Lambda\) holds Python code, which is never run here/);
    assert.deepEqual(await readdir(commandLine.folder), before);
  });

  it('refuses a grid that is none', async () => {
    const args = ['import', join(vectors, 'gru.h5'), '--out', 'network', '--grid', vectors];
    const { code, stderr } = await commandLine.run(args);
    assert.equal(code, 1);
    assert.match(stderr, /--grid .* can't be read/);
  });
});
