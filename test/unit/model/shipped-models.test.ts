import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, it } from 'node:test';
import { networkScorer } from '../../../src/model/evaluation/network-scorer.js';
import { cardMarkdown } from '../../../src/model/evaluation/page/card-page.js';
import { judgeSample, testSampleSchema } from '../../../src/model/evaluation/sample.js';
import { loadModelFiles, modelDigest } from '../../../src/model/model-files.js';
import { parseCard } from '../../../src/model/training/card.js';
import { projectDir } from '../../../src/project-dir.js';

const modelsDir = join(projectDir(), 'models');
const shipped = readdirSync(modelsDir)
  .map((name) => join(modelsDir, name))
  .filter((folder) => existsSync(join(folder, 'card.json')));

function textOf(folder: string, name: string): string {
  return readFileSync(join(folder, name), 'utf8');
}

describe('the models that are shipped', () => {
  it('are there', () => assert.ok(shipped.length > 0));

  for (const folder of shipped) {
    const name = basename(folder);
    const readCard = () => parseCard(JSON.parse(textOf(folder, 'card.json')));

    it(`are what their card says, by the digest: ${name}`, async () => {
      assert.equal(modelDigest(await loadModelFiles(folder)), readCard().digest);
    });

    it(`predict the sample of the test set as their card says: ${name}`, async () => {
      const card = readCard();
      const sample = testSampleSchema.parse(JSON.parse(textOf(folder, 'sample.json')));
      assert.ok(sample.items.length >= 200, `the sample has only ${sample.items.length} items`);
      assert.equal(sample.steps, card.network.steps);
      const network = await networkScorer(await loadModelFiles(folder), sample.steps);
      try {
        assert.deepEqual(judgeSample(sample, network.score), card.sample);
      } finally {
        network.dispose();
      }
      // A sample of 200 items and more is within 15 points of the whole: four standard deviations.
      const share = card.sample.top1Hits / card.sample.items;
      assert.ok(Math.abs(share - card.accuracy.model.top1.value) < 0.15);
    });

    it(`have a page that says what their card says, and the pictures that it shows: ${name}`, () => {
      const page = textOf(folder, 'MODEL_CARD.md');
      assert.equal(page, cardMarkdown(readCard()));
      for (const [, picture = ''] of page.matchAll(/!\[[^\]]*\]\(([^)]*)\)/g)) {
        assert.ok(existsSync(join(folder, picture)), `${picture} is missing`);
      }
    });
  }
});
