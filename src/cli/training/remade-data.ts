import { basename, join } from 'node:path';
import { ConfigError, PipelineError } from '../../errors.js';
import { Grid } from '../../geo/grid.js';
import { defaultRules } from '../../geo/windows.js';
import { projectDir } from '../../project-dir.js';
import { readCity } from '../city-file.js';
import { cityView } from './city-view.js';
import { daejeonView } from './daejeon-view.js';
import { fixesRuns } from './fixes-runs.js';
import { fleetRuns, joinRuns } from './fleet-runs.js';
import { DataView } from './training-view.js';
import type { CityView } from '../../model/evaluation/places.js';
import type { CardData, FixesData, FleetData } from '../../model/training/card.js';
import type { DrivenRuns } from '../../model/training/sequences.js';
import type { EvaluateFlags } from '../evaluate.js';
import type { FleetRuns, FleetSource } from './fleet-runs.js';

/** The data that a card names, made again. */
export interface RemadeData {
  readonly data: CardData;
  readonly training: DrivenRuns;
  readonly test: DrivenRuns;
  readonly city: CityView;
}

async function remakeFleets(
  data: Extract<CardData, { kind: 'fleet' }>,
  grid: Grid,
  cacheDir: string,
): Promise<Omit<RemadeData, 'city'>> {
  const view = new DataView();
  const onProgress = (seed: string, share: number): void => view.update(`fleet ${seed}`, share);
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
  };
}

async function remakeFixes(
  { city: name, split, fileDigest }: FixesData,
  gridFile: Buffer,
  flags: EvaluateFlags,
  cacheDir: string,
): Promise<RemadeData> {
  const { fixes, city: cityPath = join(projectDir(), 'cities', `${name}.json`) } = flags;
  if (fixes === undefined) {
    throw new ConfigError(
      `The model learned from recorded fixes of ${name}: give their file with --fixes.`,
    );
  }
  const city = readCity(cityPath);
  const view = new DataView();
  const onProgress = (share: number): void => view.update(basename(fixes), share);
  const made = await fixesRuns({
    ...{ path: fixes, city, split, rules: defaultRules, cacheDir, onProgress },
  });
  const isItsGrid = gridFile.equals(Buffer.from(made.gridFile));
  if (made.data.fileDigest !== fileDigest || !isItsGrid) {
    throw new PipelineError(
      `The model learned from a file of fixes with the SHA-256 ${fileDigest} (unpacked), on the grid in its folder. ${fixes} has ${made.data.fileDigest}, and with ${cityPath} it gives ${isItsGrid ? 'that' : 'another'} grid. Give the files that it was made from.`,
      { code: 'DATA_NOT_REMADE', disposition: 'fatal' },
    );
  }
  const grid = Grid.read(gridFile);
  return {
    data: made.data,
    training: made.runs.training,
    test: made.runs.test,
    city: cityView(grid, city.city.timeZone, null),
  };
}

/**
 * Makes the data of a training again.
 *
 * @param data as the model's card has it
 * @param gridFile the model's
 * @throws {PipelineError} CONFIG, DATA_NOT_REMADE where other files are given than it was made from
 */
export async function remakeData(
  data: CardData,
  gridFile: Buffer,
  flags: EvaluateFlags,
  cacheDir: string,
): Promise<RemadeData> {
  if (data.kind === 'fixes') return remakeFixes(data, gridFile, flags, cacheDir);
  const grid = Grid.read(gridFile);
  const made = await remakeFleets(data, grid, cacheDir);
  return { ...made, city: daejeonView(grid) };
}
