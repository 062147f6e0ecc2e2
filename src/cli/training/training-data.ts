import { basename, join } from 'node:path';
import { ConfigError } from '../../errors.js';
import { Grid } from '../../geo/grid.js';
import { gridFileText, gridOfRoads } from '../../geo/make-grid.js';
import { defaultRules } from '../../geo/windows.js';
import { fleetDrivesIn } from '../../producer/feeds/fleet/fleet-area.js';
import { projectDir } from '../../project-dir.js';
import { readCity } from '../city-file.js';
import { cityView } from './city-view.js';
import { daejeonView } from './daejeon-view.js';
import { renderFixesReport } from './fixes-report.js';
import { fixesRuns } from './fixes-runs.js';
import { fleetRuns, joinRuns } from './fleet-runs.js';
import { DataView } from './training-view.js';
import type { City } from '../../geo/city.js';
import type { CityView } from '../../model/evaluation/places.js';
import type { ModelCard } from '../../model/training/card.js';
import type { DrivenRuns } from '../../model/training/sequences.js';
import type { TrainFlags } from '../train.js';
import type { FleetRequest, FleetRuns, FleetSource } from './fleet-runs.js';

const hourMs = 3_600_000;
/** Monday, 2024-03-04, 00:00 in Daejeon. */
const mondayMs = Date.UTC(2024, 2, 3, 15);
/** Noon of the Friday and of the Friday after: a day from there is half weekday, half weekend. */
const validationStartMs = mondayMs + (4 * 24 + 12) * hourMs;
const testStartMs = validationStartMs + 7 * 24 * hourMs;

/** What a network is trained, validated and tested on. */
export interface TrainingData {
  readonly grid: Grid;
  /** What the model is to be judged with. */
  readonly view: CityView;
  /** IANA name of the city's. */
  readonly timeZone: string;
  /** The grid as the model's folder gets it, byte for byte: the digest covers it. */
  readonly gridFile: Buffer;
  /** Where the data comes from. */
  readonly data: ModelCard['data'];
  readonly trainingRuns: DrivenRuns;
  readonly validation: { readonly runs: DrivenRuns };
  readonly test: { readonly runs: DrivenRuns };
}

/**
 * Makes the data of a training, or takes it from an earlier one: of the file of fixes that the flags
 * name, or of simulated fleets.
 *
 * @param cacheDir keeps what is made from run to run
 * @throws {PipelineError} where city or fixes can't be used
 */
export async function makeTrainingData(flags: TrainFlags, cacheDir: string): Promise<TrainingData> {
  const path = flags.city ?? join(projectDir(), 'cities', 'daejeon.json');
  const city = readCity(path);
  if (flags.fixes === undefined) return fleetData(flags, city.city, cacheDir);
  const { fixes, split, splitSeed } = flags;
  if (city.city.data.kind !== 'fixes') {
    throw new ConfigError(
      `${path} says that its model learns from the simulated fleet: for fixes of your own give a --city file whose data.kind is "fixes" and whose data.source says who recorded them.`,
    );
  }
  const view = new DataView();
  const { gridFile, data, report, runs } = await fixesRuns({
    path: fixes,
    city,
    split: { seed: splitSeed, percent: split },
    rules: defaultRules,
    cacheDir,
    onProgress: (share) => view.update(basename(fixes), share),
  });
  const grid = Grid.read(gridFile);
  console.log(renderFixesReport(report, data, grid));
  return {
    grid,
    view: cityView(grid, city.city.timeZone, null),
    timeZone: city.city.timeZone,
    gridFile: Buffer.from(gridFile),
    data,
    trainingRuns: runs.training,
    validation: { runs: runs.validation },
    test: { runs: runs.test },
  };
}

async function fleetData(flags: TrainFlags, city: City, cacheDir: string): Promise<TrainingData> {
  if (city.data.kind !== 'fleet') {
    throw new ConfigError(
      `The simulated fleet knows Daejeon only, and ${city.name} is to learn from recorded fixes: give their file with --fixes.`,
    );
  }
  if (city.roads === null) {
    throw new ConfigError(
      `The city file of ${city.name} names no roads: for the simulated fleet, cells are where roads are.`,
    );
  }
  const gridFile = gridFileText(gridOfRoads(city, city.roads));
  const grid = Grid.read(gridFile);
  if (!fleetDrivesIn(grid)) {
    throw new ConfigError(
      `The simulated fleet drives in Daejeon, and ${city.name} is elsewhere: let its data.kind be "fixes", and give their file with --fixes.`,
    );
  }
  const view = new DataView();
  const source: FleetSource = {
    grid,
    rules: defaultRules,
    cacheDir,
    onProgress: (seed, done) => view.update(`fleet ${seed}`, done),
  };
  const { seed, vehicles, days, fleets, testHours } = flags;
  const fleet = (purpose: string, fromMs: number, hours: number): FleetRequest => ({
    seed: `${purpose}-${seed}`,
    vehicles,
    fromMs,
    toMs: fromMs + hours * hourMs,
  });
  const training: FleetRuns[] = [];
  for (let number = 1; number <= fleets; number += 1) {
    training.push(await fleetRuns(fleet(`training-${number}`, mondayMs, 24 * days), source));
  }
  const validation = await fleetRuns(fleet('validation', validationStartMs, testHours), source);
  const test = await fleetRuns(fleet('test', testStartMs, testHours), source);
  return {
    grid,
    view: daejeonView(grid),
    timeZone: city.timeZone,
    gridFile: Buffer.from(gridFile),
    data: {
      kind: 'fleet',
      training: training.map(({ data }) => data),
      validation: validation.data,
      test: test.data,
    },
    trainingRuns: joinRuns(training.map(({ runs }) => runs)),
    validation,
    test,
  };
}
