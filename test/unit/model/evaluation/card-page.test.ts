import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cardMarkdown } from '../../../../src/model/evaluation/page/card-page.js';
import { parseCard, parseMadeModel } from '../../../../src/model/training/card.js';
import type { Accuracy, Lead, Slice } from '../../../../src/model/evaluation/figures.js';
import type { ModelCard } from '../../../../src/model/training/card.js';

const estimate = (value: number) => ({ value, low: value - 0.01, high: value + 0.01 });
const accuracy = (top1: number): Accuracy => ({
  items: 1_000,
  top1: estimate(top1),
  top3: estimate(0.9),
  top5: estimate(0.95),
  medianErrorM: { value: 500, low: 0, high: 707 },
  meanErrorM: null,
  itemsWithoutPlace: 3,
});
const lead = (value: number): Lead => ({ top1: estimate(value), beats: value > 0.02 });
const slice: Slice = { name: '08', items: 1_000, top1: estimate(0.6), meanErrorM: 250 };
const span = { from: '2008-05-28', to: '2008-05-29' };
const counts = { vehicles: 40, fixes: 5_000, items: 2_000, transitions: 1_900 };
const part = { ...counts, ...span, rejected: { STALE: 7 } };

const card: ModelCard = {
  version: 2,
  name: 'toy',
  digest: 'abc',
  trainedAt: '2026-01-01T00:00:00.000Z',
  evaluatedAt: '2026-01-02T00:00:00.000Z',
  grid: { name: 'toy-500m', version: 1, cellSizeM: 500 },
  network: { cells: 101, units: 8, depth: 2, steps: 20, dropout: 0, parameters: 1_234 },
  training: {
    ...{ command: 'stagecoach train', seed: 1, batch: 128, peakLearningRate: 0.003 },
    ...{ warmUpSteps: 100, steps: 500, epochs: 1.5, seconds: 60, end: 'budget' },
    ...{ bestValidationTop1: 0.61, validations: [{ step: 500, loss: 1.1, top1: 0.61 }] },
  },
  data: {
    kind: 'fixes',
    ...{ city: 'toy', source: 'Somebody, 2009', fileDigest: 'def' },
    split: { seed: 1, percent: { training: 70, validation: 10, test: 20 } },
    ...{ badLines: {}, outside: 12 },
    ...{ training: part, validation: part, test: part },
  },
  ...{ items: 1_000, vehicles: 40, bootstrap: { replicates: 1_000, seed: 1 } },
  accuracy: {
    model: accuracy(0.6),
    firstOrderMarkov: accuracy(0.4),
    secondOrderMarkov: accuracy(0.59),
    keepsDirection: accuracy(0.3),
  },
  leads: {
    firstOrderMarkov: lead(0.2),
    secondOrderMarkov: lead(0.01),
    keepsDirection: lead(0.3),
  },
  breakdown: { timeZone: 'Asia/Seoul', byHour: [slice], byPosition: [slice], byArea: null },
  calibration: {
    bins: [{ from: 0, to: 1, items: 1_000, meanProbability: 0.7, shareTrue: 0.6 }],
    expectedError: 0.1,
  },
  sample: { items: 400, top1Hits: 240, top3Hits: 350, top5Hits: 380 },
  ...{ tried: [], ceiling: null },
};

const fleet = { seed: 's', ...span, ...counts };
const fleets = { training: [fleet], validation: fleet, test: fleet };

describe('a model card', () => {
  const page = cardMarkdown(card);

  it('tells figures with their intervals and what the network beats', () => {
    assert.match(
      page,
      /\| this network +\| 60\.0 % \(59\.0–61\.0\) \| .* \| 500 m \(0–707\) \| – /,
    );
    assert.match(
      page,
      /\| second-order Markov with back-off +\| \+1\.0 \(\+0\.0 … \+2\.0\) +\| no /,
    );
    assert.ok(
      page.includes(
        'In top-1 the network beats most frequent next cell (first-order Markov), keeps its direction; it does not beat second-order Markov with back-off.',
      ),
    );
  });

  it('says of simulated movement only that it is simulated', () => {
    const simulated = cardMarkdown({ ...card, data: { kind: 'fleet', ...fleets } });
    assert.ok(simulated.includes('The movement is simulated.'));
    assert.ok(!page.includes('simulated'));
    assert.match(page, /The movement is real\..*40 vehicles for training/);
    assert.match(page, /Source: Somebody, 2009\n- Terms: none are stated\n/);
    assert.match(page, /no fixes: none\..*area: 12\..*rejects: 7 STALE\./);
  });

  it('leaves out what is not known, and has what was tried and the ceiling where they are', () => {
    assert.ok(!page.includes('What was tried') && !page.includes('ceiling'));
    const tried = [{ what: 'dropout 0.1 | 0.2', result: 'no gain' }];
    const ceiling = { what: 'An oracle.', top1: 0.75, top3: null, top5: null };
    const full = cardMarkdown({ ...card, tried, ceiling });
    assert.match(full, /\| dropout 0\.1 \\\| 0\.2 \| no gain \|/);
    assert.match(full, /An oracle\. Top-1 75\.0 %: the network reaches 80\.0 % of that top-1\./);
  });

  it('warns of intervals that few vehicles gave', () => {
    assert.ok(!page.includes('too short'));
    assert.match(
      cardMarkdown({ ...card, vehicles: 19 }),
      /so few vehicles the intervals are too short/,
    );
  });

  it('comes back from its file', () => {
    assert.deepEqual(parseCard(JSON.parse(JSON.stringify(card))), card);
    assert.throws(() => parseCard({ ...card, version: 1 }));
  });

  it('of the first version tells how the model was made', () => {
    const old = { ...card, version: undefined, data: fleets, accuracy: { model: { top1: 0.5 } } };
    assert.deepEqual(parseMadeModel(old).data, { kind: 'fleet', ...fleets });
    assert.equal(parseMadeModel(old).training.steps, 500);
  });
});
