import { join, relative, resolve } from 'node:path';
import { parseCity } from '../../geo/city.js';
import { readJsonFile } from '../city-file.js';
import { answersTo } from './answers.js';
import { cityFileText, pathFrom } from './city-draft.js';
import { describeGrid, nextSteps } from './describe.js';
import { Dialogue, StoppedError } from './dialogue.js';
import { settingsFile } from './questions.js';
import { writeFiles } from './write-files.js';
import type { InitFlags } from '../init.js';
import type { InitAnswers } from './answers.js';

/**
 * Asks for what the flags do not say, shows the grid, and writes a city file and a file of settings.
 * Whatever stops it before that, nothing is written.
 *
 * @throws {PipelineError} where what is said can't be used
 */
export async function runInit(flags: InitFlags): Promise<void> {
  const isTerminal = process.stdin.isTTY && process.stdout.isTTY;
  const dialogue = isTerminal && !flags.yes ? new Dialogue(process.stdin, process.stdout) : null;
  try {
    await initBy(flags, dialogue);
  } catch (error) {
    if (!(error instanceof StoppedError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 130;
  } finally {
    dialogue?.close();
  }
}

async function initBy(flags: InitFlags, dialogue: Dialogue | null): Promise<void> {
  const answers = await answersTo(flags, dialogue, (doubt) => process.stderr.write(`${doubt}\n`));
  process.stdout.write(`\n${describeGrid(answers, answers.grid)}\n`);
  const { folder, draft } = answers;
  const cityFile = join(folder, `${draft.name}.json`);
  const files = new Map([
    [cityFile, checkedCity(answers)],
    [join(folder, settingsFile), settingsText(answers)],
  ]);
  const paths = Array.from(files.keys(), (path) => relative('', path)).join(' and ');
  if (dialogue !== null && !(await dialogue.agrees(`Write ${paths}`, 'yes'))) {
    throw new StoppedError();
  }
  writeFiles(files);
  process.stdout.write(` Written: ${paths}\n${nextSteps(answers, cityFile)}`);
}

/** The city file's text, read once as every other command will read it. */
function checkedCity({ draft, folder }: InitAnswers): string {
  const text = cityFileText(draft, folder);
  parseCity(JSON.parse(text), (named) => readJsonFile(resolve(folder, named)));
  return text;
}

function settingsText({ draft, folder, model }: InitAnswers): string {
  const settings = { pipeline: draft.name, model: pathFrom(folder, model) };
  return `${JSON.stringify(settings, undefined, 2)}\n`;
}
