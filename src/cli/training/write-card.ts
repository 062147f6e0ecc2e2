import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cellErrorsOf } from '../../model/evaluation/cell-errors.js';
import { evaluate } from '../../model/evaluation/evaluate.js';
import { judgeNetwork } from '../../model/evaluation/judged.js';
import { networkScorer } from '../../model/evaluation/network-scorer.js';
import { cardMarkdown } from '../../model/evaluation/page/card-page.js';
import { errorMap } from '../../model/evaluation/pictures/error-map.js';
import { lossPicture } from '../../model/evaluation/pictures/loss-picture.js';
import { reliabilityPicture } from '../../model/evaluation/pictures/reliability-picture.js';
import { drawSample, judgeSample, sampleJson } from '../../model/evaluation/sample.js';
import { allItems } from '../../model/training/hits.js';
import { readFindings } from './findings.js';
import { JudgingView } from './training-view.js';
import type { CityView } from '../../model/evaluation/places.js';
import type { ModelFiles } from '../../model/model-files.js';
import type { MadeModel, ModelCard } from '../../model/training/card.js';
import type { CellRuns, DrivenRuns } from '../../model/training/sequences.js';

/** Windows that the engine ranks at once. */
const testBatch = 128;
const sampleSize = 400;
/** Draws fleets and sample; the same for all models, so that an evaluation can be repeated. */
const seed = 1;

/** A model and all that it is judged by. */
export interface EvaluationJob {
  /** The model's folder; may hold `tried.json` and `ceiling.json`. */
  readonly folder: string;
  readonly files: ModelFiles;
  readonly made: MadeModel;
  /** What the baselines are fitted on: all that the model was trained on. */
  readonly training: CellRuns;
  readonly test: DrivenRuns;
  readonly city: CityView;
  /** Fleets drawn for the intervals. */
  readonly replicates: number;
}

/**
 * Judges a model, and writes `card.json`, `MODEL_CARD.md`, `sample.json` and the pictures to its
 * folder, beside its files.
 *
 * @throws {PipelineError} INVALID_FINDINGS, TOO_LITTLE_TEST_DATA
 */
export async function writeCard(job: EvaluationJob): Promise<ModelCard> {
  const { folder, files, made, city } = job;
  const findings = await readFindings(folder);
  const { steps } = made.network;
  const items = allItems(job.test);
  const network = await networkScorer(files, steps);
  const view = new JudgingView();
  const judged = await judgeNetwork(items, steps, testBatch, network.score, (share) =>
    view.update(share),
  );
  view.stop();
  const sample = drawSample(items, steps, sampleSize, seed);
  const hits = judgeSample(sample, network.score);
  network.dispose();
  const card: ModelCard = {
    version: 2,
    ...made,
    evaluatedAt: new Date().toISOString(),
    ...evaluate(judged, job.training, city, { replicates: job.replicates, seed }),
    sample: hits,
    ...findings,
  };
  const { validations, batch } = made.training;
  const texts = {
    'card.json': `${JSON.stringify(card, null, 2)}\n`,
    'MODEL_CARD.md': cardMarkdown(card),
    'sample.json': sampleJson(sample),
    'error-map.svg': errorMap(made.name, cellErrorsOf(judged, city.places.size), city),
    'reliability.svg': reliabilityPicture(card.calibration),
    'loss.svg': lossPicture(validations, batch),
  };
  for (const [name, text] of Object.entries(texts)) await writeFile(join(folder, name), text);
  return card;
}
