import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { runTraining } from '../../src/cli/training/train-run.js';
import { extraInputNames } from '../../src/cli/training/extra-inputs.js';
import { readTried } from '../../src/cli/training/tried.js';
import { tinyTraining } from './tiny-training.js';

/** The smallest training that has all that an experiment has. */
const tiny = { ...tinyTraining, labelSmoothing: 0.1, inputs: extraInputNames };

describe('stagecoach train --try', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stagecoach-try-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('adds the validation of an experiment to tried.json, and writes no model', async () => {
    const out = join(folder, 'model');
    await runTraining({ ...tiny, out, try: 'all inputs' }, join(folder, 'cache'));
    assert.deepEqual(await readdir(out), ['tried.json']);
    const [row] = await readTried(out);
    assert(row !== undefined && 'command' in row);
    assert.equal(row.what, 'all inputs');
    assert.ok(row.steps > 0 && row.items > 0);
    assert.match(row.command, /--inputs cells,time,gap,place,heading,speed .*--try "all inputs"/);
  });

  it('refuses to make a model that the pipeline could not feed, before it makes any data', async () => {
    const cache = join(folder, 'unused');
    await assert.rejects(runTraining({ ...tiny, out: join(folder, 'other') }, cache), {
      code: 'CONFIG',
      message: /time, gap, place, heading, speed/,
    });
    assert.deepEqual((await readdir(folder)).includes('unused'), false);
  });
});
