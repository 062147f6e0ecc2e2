import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { runEvaluation } from '../../src/cli/training/evaluate-run.js';
import { runTraining } from '../../src/cli/training/train-run.js';
import { loadModelFiles, modelDigest } from '../../src/model/model-files.js';
import { parseCard } from '../../src/model/training/card.js';
import { projectDir } from '../../src/project-dir.js';
import { tinyTraining } from './tiny-training.js';
import type { TrainFlags } from '../../src/cli/train.js';
import type { ModelCard } from '../../src/model/training/card.js';

async function readCard(folder: string): Promise<ModelCard> {
  return parseCard(JSON.parse(await readFile(join(folder, 'card.json'), 'utf8')));
}

describe('stagecoach train', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stagecoach-train-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('writes a model and a card that tells its digest and its accuracy', async () => {
    const out = join(folder, 'tiny');
    await runTraining({ ...tinyTraining, out }, join(folder, 'cache'));

    const digest = modelDigest(await loadModelFiles(out));
    const card = await readCard(out);
    assert.equal(card.digest, digest);
    const page = await readFile(join(out, 'MODEL_CARD.md'), 'utf8');
    assert.ok(page.includes(digest));
    assert.ok(page.includes('The movement is simulated.'));
    const written = ['error-map.svg', 'loss.svg', 'reliability.svg', 'sample.json'];
    assert.deepEqual(
      written.filter((name) => !existsSync(join(out, name))),
      [],
    );
    const left = await readdir(join(folder, 'cache'));
    assert.ok(!left.some((name) => name.endsWith('.checkpoint')), 'the checkpoint is removed');

    // Of the same data and the same files the same figures come, and what was tried comes into the card.
    const tried = [{ what: 'another thing', result: 'no better' }];
    await writeFile(join(out, 'tried.json'), JSON.stringify(tried));
    const again = { model: out, replicates: 1_000 };
    await runEvaluation(again, join(folder, 'cache'));
    const { evaluatedAt } = await readCard(out);
    assert.deepEqual(await readCard(out), { ...card, evaluatedAt, tried });

    await writeFile(join(out, 'weights.bin'), Buffer.alloc(4));
    const refused = runEvaluation(again, join(folder, 'cache'));
    await assert.rejects(refused, { code: 'CARD_OF_ANOTHER_MODEL' });
  });

  it('learns from a file of fixes, and its card says whose they are and how they were split', async () => {
    const out = join(folder, 'cabs');
    const flags: TrainFlags = {
      ...tinyTraining,
      out,
      city: join(projectDir(), 'cities', 'san-francisco.json'),
      fixes: join(projectDir(), 'data', 'san-francisco', 'sample.csv'),
      // SHA-256 of `16:ID` puts four of the six cabs into training, one into each other part.
      splitSeed: 16,
    };
    await runTraining({ ...flags, dryRun: true }, join(folder, 'cache'));
    await assert.rejects(readdir(out), { code: 'ENOENT' }, 'a dry run writes no model');
    await runTraining(flags, join(folder, 'cache'));

    const files = await loadModelFiles(out);
    const page = await readFile(join(out, 'MODEL_CARD.md'), 'utf8');
    assert.ok(page.includes(modelDigest(files)));
    assert.ok(page.includes('The movement is real'));
    assert.ok(page.includes('COMSNETS 2009'));
    assert.match(page, /--city cities\/san-francisco.json --fixes data\/san-francisco\/sample.csv/);
    assert.match(page, /--split 70\/10\/20 --split-seed 16/);
    const card = await readCard(out);
    const { data } = card;
    assert.ok(data.kind === 'fixes');
    const parts = [data.training, data.validation, data.test];
    assert.deepEqual(
      parts.map(({ vehicles }) => vehicles),
      [4, 1, 1],
    );

    const again = { model: out, replicates: 1_000 };
    await assert.rejects(runEvaluation(again, join(folder, 'cache')), /--fixes/);
    const { fixes } = flags;
    assert.ok(fixes !== undefined);
    await runEvaluation({ ...again, fixes }, join(folder, 'cache'));
    const { evaluatedAt } = await readCard(out);
    assert.deepEqual(await readCard(out), { ...card, evaluatedAt });
    const other = join(folder, 'other.csv');
    await writeFile(other, `${await readFile(fixes, 'utf8')}\n`);
    await assert.rejects(runEvaluation({ ...again, fixes: other }, join(folder, 'cache')), {
      code: 'DATA_NOT_REMADE',
    });
  });

  it('says what is missing where city and data do not belong together', async () => {
    const flags = {
      ...tinyTraining,
      out: join(folder, 'none'),
      city: join(projectDir(), 'cities', 'san-francisco.json'),
    };
    await assert.rejects(runTraining(flags, join(folder, 'cache')), /Daejeon only.*--fixes/);
    const fixes = join(projectDir(), 'data', 'san-francisco', 'sample.csv');
    const simulated = { ...flags, fixes, city: join(projectDir(), 'cities', 'daejeon.json') };
    await assert.rejects(runTraining(simulated, join(folder, 'cache')), /data.kind is "fixes"/);
  });
});
