import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { runTraining } from '../../src/cli/training/train-run.js';
import { loadModelFiles, modelDigest } from '../../src/model/model-files.js';
import type { TrainFlags } from '../../src/cli/train.js';

describe('stagecoach train', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stagecoach-train-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('writes a model and a card that tells its digest and its accuracy', async () => {
    const out = join(folder, 'tiny');
    const flags: TrainFlags = {
      out,
      split: { training: 70, validation: 10, test: 20 },
      splitSeed: 1,
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
    const card: unknown = JSON.parse(await readFile(join(out, 'card.json'), 'utf8'));
    assert.ok(typeof card === 'object' && card !== null);
    assert.ok('digest' in card && card.digest === digest);
    assert.ok('accuracy' in card && JSON.stringify(card.accuracy).includes('"secondOrderMarkov"'));
    const page = await readFile(join(out, 'MODEL_CARD.md'), 'utf8');
    assert.ok(page.includes(digest));
    assert.ok(page.includes('The movement is simulated.'));
    const left = await readdir(join(folder, 'cache'));
    assert.ok(!left.some((name) => name.endsWith('.checkpoint')), 'the checkpoint is removed');
  });
});
