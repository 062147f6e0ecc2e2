import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { addTried, readTried } from '../../../src/cli/training/tried.js';
import type { Tried } from '../../../src/cli/training/tried.js';

const row: Tried = {
  what: 'as it is',
  validationTop1: 0.6,
  validationTop3: 0.8,
  validationTop5: 0.9,
  items: 10,
  steps: 5,
  seconds: 3,
  end: 'budget',
  command: 'stagecoach train',
};

describe('the list of what was tried', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stagecoach-tried-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('grows with each experiment, and holds one that is run again once', async () => {
    const model = join(folder, 'model');
    assert.deepEqual(await readTried(model), []);
    const inWords = { what: 'deeper', result: 'no gain' };
    await mkdir(model);
    await writeFile(join(model, 'tried.json'), JSON.stringify([inWords]));
    await addTried(model, row);
    await addTried(model, { ...row, what: 'with time', command: 'stagecoach train --inputs' });
    await addTried(model, { ...row, validationTop1: 0.7 });
    const tried = await readTried(model);
    assert.deepEqual(tried, [
      inWords,
      { ...row, what: 'with time', command: 'stagecoach train --inputs' },
      { ...row, validationTop1: 0.7 },
    ]);
  });

  it('that is broken is not written over', async () => {
    await writeFile(join(folder, 'tried.json'), '[{"what": 1}]');
    await assert.rejects(addTried(folder, row), { code: 'CONFIG' });
  });
});
