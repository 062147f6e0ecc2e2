import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { PipelineError, messageOf } from '../../errors.js';
import { Grid } from '../../geo/grid.js';
import { defaultRules } from '../../geo/windows.js';
import { fileOf, gridPath, loadModelFiles, modelDigest } from '../../model/model-files.js';
import { parseMadeModel } from '../../model/training/card.js';
import { projectDir } from '../../project-dir.js';
import { daejeonView } from './daejeon-view.js';
import { fleetRuns, joinRuns } from './fleet-runs.js';
import { printAccuracy } from './print-accuracy.js';
import { FleetView } from './training-view.js';
import { writeCard } from './write-card.js';
import type { CityView } from '../../model/evaluation/places.js';
import type { CardData, FleetData, MadeModel } from '../../model/training/card.js';
import type { DrivenRuns } from '../../model/training/sequences.js';
import type { EvaluateFlags } from '../evaluate.js';
import type { FleetRuns, FleetSource } from './fleet-runs.js';

/** The data that a card names, made again. */
interface RemadeData {
  readonly data: CardData;
  readonly training: DrivenRuns;
  readonly test: DrivenRuns;
  readonly city: CityView;
}

/** @throws {PipelineError} CARD_UNREADABLE */
async function readMadeModel(folder: string): Promise<MadeModel> {
  const path = join(folder, 'card.json');
  try {
    return parseMadeModel(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    const what = cause instanceof z.ZodError ? z.prettifyError(cause) : messageOf(cause);
    throw new PipelineError(
      `${path} can't be read: ${what}. An evaluation takes from it what the model was trained and tested on; stagecoach train writes it.`,
      { code: 'CARD_UNREADABLE', disposition: 'fatal', cause },
    );
  }
}

async function remakeFleets(
  data: Extract<CardData, { kind: 'fleet' }>,
  grid: Grid,
  cacheDir: string,
): Promise<RemadeData> {
  const view = new FleetView();
  const onProgress = (seed: string, share: number): void => view.update(seed, share);
  const source: FleetSource = { grid, rules: defaultRules, cacheDir, onProgress };
  const remake = ({ seed, vehicles, from, to }: FleetData): Promise<FleetRuns> =>
    fleetRuns({ seed, vehicles, fromMs: Date.parse(from), toMs: Date.parse(to) }, source);
  const training: FleetRuns[] = [];
  for (const fleet of data.training) training.push(await remake(fleet));
  const test = await remake(data.test);
  return {
    data: { ...data, training: training.map((fleet) => fleet.data), test: test.data },
    training: joinRuns(training.map(({ runs }) => runs)),
    test: test.runs,
    city: daejeonView(grid),
  };
}

async function remakeData(data: CardData, grid: Grid, cacheDir: string): Promise<RemadeData> {
  if (data.kind === 'fleet') return remakeFleets(data, grid, cacheDir);
  throw new PipelineError(
    `The model was tested on recorded fixes of ${data.city}, which only the training that made it can split again: ` +
      'stagecoach evaluate makes simulated fleets only.',
    { code: 'DATA_NOT_REMADE', disposition: 'fatal' },
  );
}

/**
 * Judges a model again, on the data that its card names, and writes its card and all that goes with
 * it anew. What the card says of the training stays.
 *
 * @param cacheDir keeps simulated fleets from run to run
 * @throws {PipelineError} CARD_UNREADABLE, CARD_OF_ANOTHER_MODEL, DATA_NOT_REMADE
 */
export async function runEvaluation(
  { model: folder, replicates }: EvaluateFlags,
  cacheDir = join(projectDir(), '.stagecoach', 'training'),
): Promise<void> {
  const files = await loadModelFiles(folder);
  const made = await readMadeModel(folder);
  const digest = modelDigest(files);
  if (digest !== made.digest) {
    throw new PipelineError(
      `The card in ${folder} is of the model ${made.digest}, the files there are of ${digest}. Bring back the files that belong together, or train again.`,
      { code: 'CARD_OF_ANOTHER_MODEL', disposition: 'fatal' },
    );
  }
  const grid = Grid.read(fileOf(files, gridPath));
  const { data, ...remade } = await remakeData(made.data, grid, cacheDir);
  const job = { folder, files, made: { ...made, data }, ...remade, replicates };
  printAccuracy(await writeCard(job));
}
