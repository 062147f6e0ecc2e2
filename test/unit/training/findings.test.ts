import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readFindings } from '../../../src/cli/training/findings.js';

describe('what was found beside the test of a model', () => {
  it('is nothing where nothing was written, and what the files say where they are', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'stagecoach-findings-'));
    t.after(() => rm(folder, { recursive: true }));
    assert.deepEqual(await readFindings(folder), { tried: [], ceiling: null });

    const measured = {
      ...{ what: 'dropout 0.1', validationTop1: 0.5, validationTop3: 0.75, validationTop5: 1 },
      ...{ items: 65_536, steps: 1_000, seconds: 61, end: 'budget', command: 'stagecoach train' },
    };
    const inWords = { what: 'a deeper network', result: 'no gain' };
    await writeFile(join(folder, 'tried.json'), JSON.stringify([measured, inWords]));
    const ceiling = { what: 'An oracle.', top1: 0.7, top3: 0.9, top5: null };
    await writeFile(join(folder, 'ceiling.json'), JSON.stringify(ceiling));
    assert.deepEqual(await readFindings(folder), {
      tried: [
        {
          what: 'dropout 0.1',
          result:
            'validation top-1 50.0 %, top-3 75.0 %, top-5 100.0 % of 65,536 items, after 1,000 steps in 61 s',
        },
        inWords,
      ],
      ceiling,
    });

    await writeFile(join(folder, 'tried.json'), '[{"what": "half a row"}]');
    await assert.rejects(readFindings(folder), { code: 'CONFIG' });
  });
});
