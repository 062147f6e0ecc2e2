import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { runEvaluation } from '../../src/cli/training/evaluate-run.js';
import { runTraining } from '../../src/cli/training/train-run.js';
import { loadModelFiles, modelDigest } from '../../src/model/model-files.js';
import { parseCard } from '../../src/model/training/card.js';
import { projectDir } from '../../src/project-dir.js';
import type { TrainFlags } from '../../src/cli/train.js';

describe('stagecoach train', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stagecoach-train-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('writes a model and a card that tells its digest and its accuracy', async () => {
    const out = join(folder, 'tiny');
    await mkdir(out);
    await copyFile(join(projectDir(), 'models', 'daejeon', 'grid.json'), join(out, 'grid.json'));
    const flags: TrainFlags = {
      out,
      seed: 1,
      epochs: 1,
      units: 4,
      dropout: 0.1,
      batch: 32,
      learningRate: 1e-3,
      fleets: 1,
      vehicles: 4,
      days: 1,
      testHours: 1,
      validateEvery: 1_000,
      patience: 5,
      resume: false,
    };
    await runTraining(flags, join(folder, 'cache'));

    const digest = modelDigest(await loadModelFiles(out));
    const readCard = async () =>
      parseCard(JSON.parse(await readFile(join(out, 'card.json'), 'utf8')));
    const card = await readCard();
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
    await runEvaluation({ model: out, replicates: 1_000 }, join(folder, 'cache'));
    const { evaluatedAt } = await readCard();
    assert.deepEqual(await readCard(), { ...card, evaluatedAt, tried });

    await writeFile(join(out, 'weights.bin'), Buffer.alloc(4));
    await assert.rejects(runEvaluation({ model: out, replicates: 1_000 }, join(folder, 'cache')), {
      code: 'CARD_OF_ANOTHER_MODEL',
    });
  });
});
