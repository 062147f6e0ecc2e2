import { relative, sep } from 'node:path';
import { MakeGridError, gridOfArea, gridOfRoads } from '../../geo/make-grid.js';
import { defaultVisits } from '../../geo/city.js';
import type { City } from '../../geo/city.js';
import type { Position } from '../../geo/geojson.js';
import type { GridFile } from '../../geo/grid.js';
import type { AreaAnswer } from './area-answer.js';

/** The roads of a file. */
export interface RoadsAnswer {
  /** From the working directory. */
  readonly path: string;
  readonly lines: readonly (readonly Position[])[];
}

/** What a city file is made of. */
export interface CityDraft {
  readonly name: string;
  /** IANA name. */
  readonly timeZone: string;
  readonly area: AreaAnswer;
  readonly cellSizeM: number;
  /** Null where cells are the squares that vehicles visit. */
  readonly roads: RoadsAnswer | null;
  /** Who recorded the fixes that the city's model is to learn from. */
  readonly dataSource: string;
}

/**
 * The cells that a city has: the squares that roads pass; without roads all of its area, which are
 * the most that its vehicles can make cells.
 * @throws {MakeGridError} NO_GRID where there are none or too many, and where there is one only
 */
export function gridOfDraft(draft: CityDraft): GridFile {
  const city = cityOf(draft);
  const grid = city.roads === null ? gridOfArea(city) : gridOfRoads(city, city.roads);
  const cells = grid.occupied.reduce((sum, row) => sum + row.replaceAll('.', '').length, 0);
  if (cells > 1) return grid;
  throw new MakeGridError(
    `there is one cell of ${draft.cellSizeM} m only, and nothing to predict: give smaller cells or a larger area`,
  );
}

function cityOf({ name, timeZone, area, cellSizeM, roads, dataSource }: CityDraft): City {
  const { south, north } = area.area.bounds;
  return {
    ...{ name, timeZone, cellSizeM, version: 1, area: area.area },
    squareAtLatitude: (south + north) / 2,
    roads: roads?.lines ?? null,
    visited: defaultVisits,
    data: { kind: 'fixes', source: dataSource },
  };
}

/**
 * The text of the city's file.
 *
 * @param folder that it will be in: it names other files relative to that
 */
export function cityFileText(draft: CityDraft, folder: string): string {
  const { name, timeZone, area, cellSizeM, roads, dataSource } = draft;
  const file = {
    ...{ name, version: 1, timeZone },
    area: typeof area.source === 'string' ? pathFrom(folder, area.source) : area.source,
    cellSizeM,
    ...(roads === null ? { visited: defaultVisits } : { roads: pathFrom(folder, roads.path) }),
    data: { kind: 'fixes', source: dataSource },
  };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}

/** A path as a file in a folder names it, on any system with `/`. */
export function pathFrom(folder: string, path: string): string {
  const way = relative(folder, path).replaceAll(sep, '/');
  return way === '' ? '.' : way;
}
