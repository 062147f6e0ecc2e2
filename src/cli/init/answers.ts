import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { ConfigError, PipelineError } from '../../errors.js';
import { cellSizeLimitsM, cityNamePattern, roadsOf } from '../../geo/city.js';
import { awayFromSunDeg, isTimeZone, nauticalZone } from '../../geo/time-zone.js';
import { readJsonFile } from '../city-file.js';
import {
  describeArea,
  middleOf,
  readBox,
  readBoxOrFile,
  readPolygonFile,
  zoneDoubt,
} from './area-answer.js';
import { gridOfDraft } from './city-draft.js';
import type { Area } from '../../geo/area.js';
import type { InitFlags } from '../init.js';
import type { AreaAnswer } from './area-answer.js';
import type { CityDraft, RoadsAnswer } from './city-draft.js';
import type { Dialogue, Question } from './dialogue.js';

/** All that is to be known before anything is written. */
export interface InitAnswers {
  readonly draft: CityDraft;
  /** Absolute path of the folder that gets the files. */
  readonly folder: string;
  /** Absolute path of the folder that the city's model will be in. */
  readonly model: string;
}

/** A question that a flag can answer. */
interface FlagQuestion<T> extends Question<T> {
  readonly flag: string;
}

/** The file of settings that every command reads in its working directory. */
export const settingsFile = 'stagecoach.json';
/** A system's zone that is further from the sun than this is not that of the city. Degrees. */
const nearSunDeg = 25;
const noRoads = 'none';

/**
 * Takes what flags say, and asks for the rest.
 *
 * @param dialogue null where nobody can be asked: what flags don't say is as proposed
 * @param warn hears of what is strange, where nobody can be asked about it
 * @throws {ConfigError} where an answer is missing or can't be used
 * @throws {StoppedError}
 */
export async function answersTo(
  flags: InitFlags,
  dialogue: Dialogue | null,
  warn: (doubt: string) => void,
): Promise<InitAnswers> {
  if (dialogue === null) requireFlags(flags);
  const { area, timeZone } = await placeAndZone(flags, dialogue, warn);
  const name = await answer(flags.name, nameQuestion(area), dialogue);
  const bare = { name, timeZone, area, roads: null, dataSource: '' };
  const cellSizeM = await answer(flags.cellSize, cellSizeQuestion(bare), dialogue);
  const roads = await answer(flags.roads, roadsQuestion({ ...bare, cellSizeM }), dialogue);
  const dataSource = await answer(flags.source, sourceQuestion, dialogue);
  const folder = await answer(flags.out, folderQuestion(name, flags.force), dialogue);
  return {
    draft: { name, timeZone, area, cellSizeM, roads, dataSource },
    folder,
    model: flags.model === undefined ? join(folder, 'models', name) : resolve(flags.model),
  };
}

/** @throws {ConfigError} that names the flags that are missing */
function requireFlags({ bbox, polygon, name, timeZone, yes }: InitFlags): void {
  const missing: string[] = [];
  if (bbox === undefined && polygon === undefined) {
    missing.push('--bbox WEST,SOUTH,EAST,NORTH or --polygon FILE.geojson');
  }
  if (name === undefined && (!yes || polygon === undefined)) missing.push('--name NAME');
  if (timeZone === undefined && !yes) missing.push('--time-zone ZONE, such as Asia/Seoul');
  if (missing.length === 0) return;
  const why = yes ? 'With --yes nothing is asked' : 'Without a terminal nothing can be asked';
  throw new ConfigError(
    `${why}: give\n${missing.map((flag) => `  ${flag}`).join('\n')}\n` +
      '--cell-size, --roads, --source, --model, --out and --force are as you like; --yes takes what would be proposed. "stagecoach init --help" explains them.',
  );
}

async function placeAndZone(
  flags: InitFlags,
  dialogue: Dialogue | null,
  warn: (doubt: string) => void,
): Promise<{ area: AreaAnswer; timeZone: string }> {
  let given: Partial<InitFlags> = flags;
  for (;;) {
    const area = await placeOf(given, dialogue);
    dialogue?.say(describeArea(area.area));
    const timeZone = await answer(given.timeZone, zoneQuestion(area.area), dialogue);
    const doubt = zoneDoubt(area.area, timeZone);
    if (doubt === null) return { area, timeZone };
    if (dialogue === null) {
      warn(doubt);
      return { area, timeZone };
    }
    dialogue.say(doubt);
    if (await dialogue.agrees('Go on with them as they are', 'no')) return { area, timeZone };
    given = {};
  }
}

function placeOf(
  { bbox, polygon }: Partial<InitFlags>,
  dialogue: Dialogue | null,
): Promise<AreaAnswer> {
  const question = {
    text: 'Area (west,south,east,north in degrees, or a GeoJSON file)',
    proposal: null,
  };
  return polygon === undefined
    ? answer(
        bbox,
        { ...question, flag: '--bbox', read: bbox === undefined ? readBoxOrFile : readBox },
        dialogue,
      )
    : answer(polygon, { ...question, flag: '--polygon', read: readPolygonFile }, dialogue);
}

function zoneQuestion(area: Area): FlagQuestion<string> {
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

function nameQuestion({ source }: AreaAnswer): FlagQuestion<string> {
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

function cellSizeQuestion(bare: Omit<CityDraft, 'cellSizeM'>): FlagQuestion<number> {
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
      // Refuses what gives no cell, or too many.
      gridOfDraft({ ...bare, cellSizeM });
      return cellSizeM;
    },
  };
}

function roadsQuestion(draft: CityDraft): FlagQuestion<RoadsAnswer | null> {
  return {
    flag: '--roads',
    text: 'GeoJSON file of roads, whose squares are the cells; "none": those that vehicles visit',
    proposal: noRoads,
    read: (path) => {
      if (path === noRoads) return null;
      const roads = { path, lines: roadsOf(readJsonFile(path)) };
      gridOfDraft({ ...draft, roads });
      return roads;
    },
  };
}

const sourceQuestion: FlagQuestion<string> = {
  flag: '--source',
  text: 'Who recorded the fixes to learn from, as the model card is to say it',
  proposal: 'own fixes',
  read: (text) => {
    if (text !== '') return text;
    throw new ConfigError('it is empty; expected a name, or how the source is to be cited');
  },
};

function folderQuestion(name: string, isForced: boolean): FlagQuestion<string> {
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

async function answer<T>(
  given: string | undefined,
  question: FlagQuestion<T>,
  dialogue: Dialogue | null,
): Promise<T> {
  if (given === undefined && dialogue !== null) return dialogue.ask(question);
  const text = given ?? question.proposal;
  if (text === null) throw new ConfigError(`${question.flag} is missing`);
  try {
    return question.read(text.trim());
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
    throw new ConfigError(`${question.flag} ${text}: ${error.message}`, error);
  }
}
