import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PipelineError } from '../../errors.js';
import { parseProblem } from '../../parse-problem.js';
import { fileOf, gridPath, loadModelFiles, modelDigest } from '../../model/model-files.js';
import { parseMadeModel } from '../../model/training/card.js';
import { projectDir } from '../../project-dir.js';
import { printAccuracy } from './print-accuracy.js';
import { remakeData } from './remade-data.js';
import { writeCard } from './write-card.js';
import type { MadeModel } from '../../model/training/card.js';
import type { EvaluateFlags } from '../evaluate.js';

/** @throws {PipelineError} CARD_UNREADABLE */
async function readMadeModel(folder: string): Promise<MadeModel> {
  const path = join(folder, 'card.json');
  try {
    return parseMadeModel(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    const what = parseProblem(cause);
    throw new PipelineError(
      `${path} can't be read: ${what}. An evaluation takes from it what the model was trained and tested on; stagecoach train writes it.`,
      { code: 'CARD_UNREADABLE', disposition: 'fatal', cause },
    );
  }
}

/**
 * Judges a model again, on the data that its card names, and writes its card and all that goes with
 * it anew. What the card says of the training stays.
 *
 * @param cacheDir keeps data from run to run
 * @throws {PipelineError} CARD_UNREADABLE, CARD_OF_ANOTHER_MODEL, CONFIG, DATA_NOT_REMADE
 */
export async function runEvaluation(
  flags: EvaluateFlags,
  cacheDir = join(projectDir(), '.stagecoach', 'training'),
): Promise<void> {
  const { model: folder, replicates } = flags;
  const files = await loadModelFiles(folder);
  const made = await readMadeModel(folder);
  const digest = modelDigest(files);
  if (digest !== made.digest) {
    throw new PipelineError(
      `The card in ${folder} is of the model ${made.digest}, the files there are of ${digest}. Bring back the files that belong together, or train again.`,
      { code: 'CARD_OF_ANOTHER_MODEL', disposition: 'fatal' },
    );
  }
  const gridFile = fileOf(files, gridPath);
  const { data, ...remade } = await remakeData(made.data, gridFile, flags, cacheDir);
  const job = { folder, files, made: { ...made, data }, ...remade, replicates };
  printAccuracy(await writeCard(job));
}
