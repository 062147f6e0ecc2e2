import { join, resolve } from 'node:path';
import { ConfigError, PipelineError } from '../../errors.js';
import { describeArea, readBox, readBoxOrFile, readPolygonFile, zoneDoubt } from './area-answer.js';
import {
  areaQuestion,
  cellSizeQuestion,
  folderQuestion,
  nameQuestion,
  roadsQuestion,
  sourceQuestion,
  zoneQuestion,
} from './questions.js';
import type { GridFile } from '../../geo/grid.js';
import type { InitFlags } from '../init.js';
import type { AreaAnswer } from './area-answer.js';
import type { CityDraft } from './city-draft.js';
import type { Dialogue } from './dialogue.js';
import type { FlagQuestion } from './questions.js';

/** All that is to be known before anything is written. */
export interface InitAnswers {
  readonly draft: CityDraft;
  /** Its cells, as far as they are known: see `gridOfDraft`. */
  readonly grid: GridFile;
  /** Absolute path of the folder that gets the files. */
  readonly folder: string;
  /** Absolute path of the folder that the city's model will be in. */
  readonly model: string;
}

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
  const sized = await answer(flags.cellSize, cellSizeQuestion(bare), dialogue);
  const { cellSizeM } = sized;
  const onRoads = await answer(flags.roads, roadsQuestion({ ...bare, cellSizeM }), dialogue);
  const dataSource = await answer(flags.source, sourceQuestion, dialogue);
  const folder = await answer(flags.out, folderQuestion(name, flags.force), dialogue);
  return {
    draft: { name, timeZone, area, cellSizeM, roads: onRoads?.roads ?? null, dataSource },
    grid: (onRoads ?? sized).grid,
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

/** Area and time zone together, since each can tell that the other is wrong. */
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
  if (polygon !== undefined) {
    return answer(polygon, areaQuestion('--polygon', readPolygonFile), dialogue);
  }
  const read = bbox === undefined ? readBoxOrFile : readBox;
  return answer(bbox, areaQuestion('--bbox', read), dialogue);
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
