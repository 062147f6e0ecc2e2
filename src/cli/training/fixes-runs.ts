import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigError } from '../../errors.js';
import { Grid } from '../../geo/grid.js';
import { VisitCounter, gridFileText, gridOfRoads } from '../../geo/make-grid.js';
import { readTracks } from '../../producer/feeds/tracks.js';
import { driveTracks } from './driven-tracks.js';
import { bytesOfFixes, digestOfFixes } from './fixes-file.js';
import { examplesOf, medianItems, movesOf, placesOf } from './fixes-report.js';
import { readRuns, writeRuns } from './runs-file.js';
import { partOf, parts } from './vehicle-split.js';
import type { City } from '../../geo/city.js';
import type { WindowRules } from '../../geo/windows.js';
import type { FixesData } from '../../model/training/card.js';
import type { DrivenRuns } from '../../model/training/sequences.js';
import type { Track, TracksReading } from '../../producer/feeds/tracks.js';
import type { ReadCity } from '../city-file.js';
import type { FixesReport } from './fixes-report.js';
import type { Part, Split } from './vehicle-split.js';

/** A file of fixes to take cells from. */
export interface FixesRequest {
  readonly path: string;
  readonly city: ReadCity;
  readonly split: Split;
  readonly rules: WindowRules;
  /** Folder for what was made before. */
  readonly cacheDir: string;
  /** Hears which share of the file is read, 0 … 1. */
  readonly onProgress: (share: number) => void;
}

/** What the vehicles of a file of fixes did, and the grid that they did it on. */
export interface FixesRuns {
  readonly gridFile: string;
  readonly data: FixesData;
  readonly report: FixesReport;
  readonly runs: Readonly<Record<Part, DrivenRuns>>;
}

/** Changes with what is kept, and with how it is made. */
const layout = 3;

const keptSchema = z.custom<Omit<FixesRuns, 'runs'>>(
  (value) => typeof value === 'object' && value !== null && 'gridFile' in value,
);

/**
 * The runs of a file of fixes, made now or taken from an earlier run of the same: file, city, split
 * and rules are the same then.
 *
 * @throws {ConfigError} CONFIG where the file can't be read, or has too few vehicles for the split
 * @throws {MakeGridError} NO_GRID where its vehicles never were in the city's area
 */
export async function fixesRuns(request: FixesRequest): Promise<FixesRuns> {
  const { cacheDir, path, city, split, rules, onProgress } = request;
  const fileDigest = await digestOfFixes(path);
  const what = JSON.stringify([layout, fileDigest, city.digest, split, rules]);
  const key = createHash('sha256').update(what).digest('hex').slice(0, 32);
  const keptPath = join(cacheDir, `${key}.json`);
  const runsPath = (part: Part): string => join(cacheDir, `${key}-${part}.runs`);
  if (!existsSync(keptPath)) {
    const made = await make(request, fileDigest);
    await mkdir(cacheDir, { recursive: true });
    for (const part of parts) {
      await writeRuns(runsPath(part), made.data[part].fixes, made.runs[part]);
    }
    const { gridFile, data, report } = made;
    await writeFile(`${keptPath}.draft`, JSON.stringify({ gridFile, data, report }));
    await rename(`${keptPath}.draft`, keptPath);
  }
  const kept = keptSchema.parse(JSON.parse(await readFile(keptPath, 'utf8')));
  const read = async (part: Part): Promise<DrivenRuns> => (await readRuns(runsPath(part))).runs;
  onProgress(1);
  return {
    ...kept,
    runs: {
      training: await read('training'),
      validation: await read('validation'),
      test: await read('test'),
    },
  };
}

async function make(request: FixesRequest, fileDigest: string): Promise<FixesRuns> {
  const { path, split, rules, onProgress } = request;
  const { city } = request.city;
  const { size } = await stat(path);
  const reading = await readTracks(bytesOfFixes(path, (bytes) => onProgress(bytes / (size + 1))));
  const tracks: Record<Part, Track[]> = { training: [], validation: [], test: [] };
  for (const track of reading.tracks) tracks[partOf(track.vehicleId, split)].push(track);
  const gridFile = gridFileText(gridOf(city, tracks.training));
  const grid = Grid.read(gridFile);
  const driven = {
    training: driveTracks(tracks.training, grid, rules),
    validation: driveTracks(tracks.validation, grid, rules),
    test: driveTracks(tracks.test, grid, rules),
  };
  for (const part of parts) {
    if (driven[part].data.transitions > 0) continue;
    throw new ConfigError(
      `The ${tracks[part].length} vehicles that ${path} has for ${part} never went from one cell to another: ${reading.tracks.length} vehicles are in it. Give a file with more of them, other shares (--split), or another --split-seed.`,
    );
  }
  const runs = {
    training: driven.training.runs,
    validation: driven.validation.runs,
    test: driven.test.runs,
  };
  const { outside, inNoCell } = placesOf(reading.tracks, city.area, grid);
  const all = Object.values(runs);
  return {
    gridFile,
    runs,
    data: {
      kind: 'fixes',
      city: city.name,
      source: city.data.source,
      terms: city.data.terms,
      fileDigest,
      split,
      badLines: badLinesOf(reading),
      outside,
      training: driven.training.data,
      validation: driven.validation.data,
      test: driven.test.data,
    },
    report: {
      examples: examplesOf(reading),
      sortedVehicles: reading.sortedVehicles,
      inNoCell,
      medianItems: medianItems(all, reading.tracks.length),
      moves: movesOf(all, grid),
    },
  };
}

/** Cells are learned of the training vehicles alone, as everything is. */
function gridOf(city: City, training: readonly Track[]): ReturnType<VisitCounter['grid']> {
  if (city.roads !== null) return gridOfRoads(city, city.roads);
  const visits = new VisitCounter(city);
  for (const { latitudes, longitudes } of training) visits.addVehicle(latitudes, longitudes);
  return visits.grid();
}

function badLinesOf({ badLines }: TracksReading): Record<string, number> {
  return Object.fromEntries(badLines);
}
