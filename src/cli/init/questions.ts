import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { ConfigError } from '../../errors.js';
import { cellSizeLimitsM, cityNamePattern, roadsOf } from '../../geo/city.js';
import { awayFromSunDeg, isTimeZone, nauticalZone } from '../../geo/time-zone.js';
import { readJsonFile } from '../city-file.js';
import { middleOf } from './area-answer.js';
import { gridOfDraft } from './city-draft.js';
import type { Area } from '../../geo/area.js';
import type { GridFile } from '../../geo/grid.js';
import type { AreaAnswer } from './area-answer.js';
import type { CityDraft, RoadsAnswer } from './city-draft.js';
import type { Question } from './dialogue.js';

/** A question that a flag can answer. */
export interface FlagQuestion<T> extends Question<T> {
  /** Such as `--name`. */
  readonly flag: string;
}

/** The file of settings that every command reads in its working directory. */
export const settingsFile = 'stagecoach.json';
/** A system's zone that is further from the sun than this is not that of the city. Degrees. */
const nearSunDeg = 25;
const noRoads = 'none';

/** @param read what it takes: a box, a file of polygons, or either */
export function areaQuestion(
  flag: string,
  read: (answer: string) => AreaAnswer,
): FlagQuestion<AreaAnswer> {
  return {
    flag,
    text: 'Area (west,south,east,north in degrees, or a GeoJSON file)',
    proposal: null,
    read,
  };
}

/** Proposes the system's zone where it may be that of the area, else the one that ships keep there. */
export function zoneQuestion(area: Area): FlagQuestion<string> {
  const { longitude } = middleOf(area);
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const isNear = isTimeZone(own) && awayFromSunDeg(own, longitude) <= nearSunDeg;
  return {
    flag: '--time-zone',
    text: 'Time zone (IANA name)',
    proposal: isNear ? own : nauticalZone(longitude),
    read: (zone) => {
      if (isTimeZone(zone)) return zone;
      throw new ConfigError(
        `"${zone}" is no time zone; expected an IANA name such as Asia/Seoul or Pacific/Fiji`,
      );
    },
  };
}

/** Proposes the name of the area's file. */
export function nameQuestion({ source }: AreaAnswer): FlagQuestion<string> {
  return {
    flag: '--name',
    text: 'Name',
    proposal: typeof source === 'string' ? nameOfFile(source) : null,
    read: (name) => {
      if (`${name}.json` === settingsFile) {
        throw new ConfigError(`its file would be ${settingsFile}, which is that of the settings`);
      }
      if (cityNamePattern.test(name)) return name;
      throw new ConfigError(`found "${name}"; expected small letters, digits and "-", 63 at most`);
    },
  };
}

/** What is left of a file's name without accents and anything else that a city's name can't have. */
function nameOfFile(path: string): string | null {
  const name = basename(path)
    .replace(/\..*$/, '')
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '');
  return name === '' ? null : name;
}

/** A size of cells, and the grid of the area with it. */
export interface CellSizeAnswer {
  readonly cellSizeM: number;
  readonly grid: GridFile;
}

/** @param bare the city so far; a size that gives it no cells, or too many, is none */
export function cellSizeQuestion(bare: Omit<CityDraft, 'cellSizeM'>): FlagQuestion<CellSizeAnswer> {
  const { least, most } = cellSizeLimitsM;
  return {
    flag: '--cell-size',
    text: 'Side of a cell in metres',
    proposal: '500',
    read: (text) => {
      const cellSizeM = Number(text);
      if (!(cellSizeM >= least && cellSizeM <= most)) {
        throw new ConfigError(`found "${text}"; expected ${least} to ${most} metres`);
      }
      return { cellSizeM, grid: gridOfDraft({ ...bare, cellSizeM }) };
    },
  };
}

/** The roads of a file, and the grid of the squares that they pass. */
export interface RoadsGrid {
  readonly roads: RoadsAnswer;
  readonly grid: GridFile;
}

/** @param draft the city so far; roads that lie elsewhere are none */
export function roadsQuestion(draft: CityDraft): FlagQuestion<RoadsGrid | null> {
  return {
    flag: '--roads',
    text: 'GeoJSON file of roads, whose squares are the cells; "none": those that vehicles visit',
    proposal: noRoads,
    read: (path) => {
      if (path === noRoads) return null;
      const roads = { path, lines: roadsOf(readJsonFile(path)) };
      return { roads, grid: gridOfDraft({ ...draft, roads }) };
    },
  };
}

export const sourceQuestion: FlagQuestion<string> = {
  flag: '--source',
  text: 'Who recorded the fixes to learn from, as the model card is to say it',
  proposal: 'own fixes',
  read: (text) => {
    if (text !== '') return text;
    throw new ConfigError('it is empty; expected a name, or how the source is to be cited');
  },
};

/** @param isForced whether files that are there may be replaced */
export function folderQuestion(name: string, isForced: boolean): FlagQuestion<string> {
  return {
    flag: '--out',
    text: 'Folder for the files',
    proposal: name,
    read: (path) => {
      const folder = resolve(path);
      const there = [`${name}.json`, settingsFile].filter((file) => existsSync(join(folder, file)));
      if (there.length === 0 || isForced) return folder;
      throw new ConfigError(
        `${there.join(' and ')} in ${folder} would be replaced: take another folder, or --force`,
      );
    },
  };
}
