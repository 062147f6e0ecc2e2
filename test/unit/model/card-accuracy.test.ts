import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { cardAccuracy, loadModelCard } from '../../../src/model/card-accuracy.js';
import { projectDir } from '../../../src/project-dir.js';

const digest = 'ab';

function cardOf(model: unknown, others: object = {}): Buffer {
  return Buffer.from(JSON.stringify({ digest, accuracy: { model }, name: 'any', ...others }));
}

describe('the accuracy that a card promises', () => {
  it('has the card’s own interval where it tells one', () => {
    const figures = {
      ...{ top1: { value: 0.6, low: 0.58, high: 0.63 }, top3: { value: 0.8, low: 0.7, high: 0.9 } },
      ...{ top5: { value: 0.9, low: 0.8, high: 1 }, items: 100 },
      medianErrorM: { value: 500, low: 0, high: 500 },
    };
    const accuracy = {
      top1: { share: 0.6, low: 0.58, high: 0.63 },
      ...{ top3: 0.8, top5: 0.9, medianErrorM: 500, calibrationError: 0.01 },
    };
    const calibration = { expectedError: 0.01, bins: [] };
    assert.deepEqual(cardAccuracy(cardOf(figures, { calibration }), digest), accuracy);
    const nowhere = cardOf({ ...figures, medianErrorM: null });
    const unknown = { medianErrorM: null, calibrationError: null };
    assert.deepEqual(cardAccuracy(nowhere, digest), { ...accuracy, ...unknown });
  });

  it('has that of its items where the card tells none', () => {
    const accuracy = cardAccuracy(cardOf({ top1: 0.5, top3: 0.8, top5: 0.9, items: 100 }), digest);
    // Wilson's interval of 50 in 100, by hand: 0.5 ± 1.96 × 0.5 / √(100 + 1.96²).
    const half = (1.959964 * 0.5) / Math.sqrt(100 + 1.959964 ** 2);
    assert.ok(Math.abs((accuracy?.top1.low ?? 0) - (0.5 - half)) < 1e-9);
    assert.ok(Math.abs((accuracy?.top1.high ?? 0) - (0.5 + half)) < 1e-9);
    assert.equal(accuracy?.medianErrorM, null);
  });

  it('is none where the file is another model’s card, or no card', () => {
    const figures = { top1: 0.5, top3: 0.8, top5: 0.9, items: 100 };
    assert.equal(cardAccuracy(cardOf(figures), 'cd'), null);
    assert.equal(cardAccuracy(cardOf({ ...figures, top1: 50 }), digest), null);
    assert.equal(cardAccuracy(Buffer.from('{'), digest), null);
  });

  it('is there of the model that is shipped', async () => {
    const bytes = await loadModelCard(join(projectDir(), 'models', 'daejeon'));
    assert.ok(bytes !== null);
    const { digest: shipped } = JSON.parse(bytes.toString()) as { digest: string };
    const { top1 } = cardAccuracy(bytes, shipped) ?? assert.fail('it is no card');
    assert.ok(top1.low < top1.share && top1.share < top1.high);
  });

  it('is not missed in a folder without a card', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'stagecoach-'));
    t.after(() => rm(folder, { recursive: true }));
    assert.equal(await loadModelCard(folder), null);
    await writeFile(join(folder, 'card.json'), '{}');
    assert.deepEqual(await loadModelCard(folder), Buffer.from('{}'));
  });
});
