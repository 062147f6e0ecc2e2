import Table from 'cli-table3';
import type { Command } from 'commander';
import { Option } from 'commander';
import { readDeadLetters, type BuriedLetter } from '../broker/dead-letter-log.js';
import { createKafka } from '../broker/kafka-client.js';
import { LaneLog } from '../broker/lane-log.js';
import { pipelineTopics } from '../broker/topics.js';
import { learnSchemas } from '../control/schema-store.js';
import { PipelineError } from '../errors.js';
import { countsByCode, selectLetters } from '../producer/replay/letter-filter.js';
import { decodeGeoFixRecord } from '../wire/geo-fix.js';
import { deadLettersReplayCommand } from './dead-letters-replay.js';
import { clusterCommand, commandContext, wholeNumber } from './global-options.js';

interface DeadLetterFlags {
  readonly code?: string;
  readonly last: number;
  readonly json?: boolean;
}

/** `stagecoach dead-letters` */
export function deadLettersCommand(): Command {
  return (
    clusterCommand('dead-letters')
      .description('list what could not be processed, and why; or send it again: replay')
      // An option behind "replay" is its own, also where this command has one of that name.
      .enablePositionalOptions()
      .addCommand(deadLettersReplayCommand())
      .option('--code <code>', 'only those with this error code')
      .addOption(
        new Option('--last <n>', 'how many of the newest are listed')
          .argParser(wholeNumber(1))
          .default(20),
      )
      .option(
        '--json',
        'one JSON object a line, with the original in base64 and, if it can be read, as "fix"',
      )
      .action(listDeadLetters)
  );
}

async function listDeadLetters(flags: DeadLetterFlags): Promise<void> {
  const { config, client, log } = commandContext('dead-letters', { ...flags });
  const laneLog = await LaneLog.connect(createKafka(client, log));
  try {
    const { deadLetter: topic, control } = pipelineTopics(config.pipeline);
    const all = await readDeadLetters(laneLog, topic);
    const letters = selectLetters(all, { code: flags.code });
    const shown = selectLetters(letters, { last: flags.last });
    if (flags.json === true) await learnSchemas(laneLog, control, log);
    if (flags.json === true) for (const letter of shown) printLine(JSON.stringify(plain(letter)));
    else if (letters.length > 0) printTable(letters, shown, topic);
    else printLine(noneSentence(all, topic, flags.code));
  } finally {
    await laneLog.close();
  }
}

function printTable(
  letters: readonly BuriedLetter[],
  shown: readonly BuriedLetter[],
  topic: string,
): void {
  const replayed = letters.filter(({ replayedMs }) => replayedMs !== null).length;
  const again = replayed === 0 ? '' : `; ${replayed} of them replayed`;
  printLine(`${topic}: ${countsByCode(letters)}${again}`);
  const table = new Table({
    head: ['time', 'where', 'key', 'code', 'reason'],
    colWidths: [...fixedWidths, reasonWidth()],
    wordWrap: true,
    style: { head: [], border: [] },
  });
  for (const { letter, replayedMs } of shown) {
    table.push([
      new Date(letter.timeMs).toISOString().slice(0, 19),
      origin(letter),
      (letter.key?.toString() ?? '').slice(0, 40),
      replayedMs === null ? letter.code : `${letter.code} (replayed)`,
      letter.message,
    ]);
  }
  printLine(table.toString());
}

function noneSentence(
  all: readonly BuriedLetter[],
  topic: string,
  code: string | undefined,
): string {
  if (code === undefined || all.length === 0) return `${topic} holds no dead letters.`;
  return `${topic} holds none with the code ${code}; there are: ${countsByCode(all)}.`;
}

/** Columns of time, origin, key and code; the reason gets what is left of the terminal. */
const fixedWidths = [21, 22, 12, 26];

function reasonWidth(): number {
  const columns = process.stdout.columns || 140;
  const borders = fixedWidths.length + 2;
  return Math.max(24, columns - borders - fixedWidths.reduce((sum, width) => sum + width, 0));
}

function origin({ topic, lane, offset, item, headers }: BuriedLetter['letter']): string {
  if (offset < 0) {
    const source = headers['source']?.toString();
    return source === undefined
      ? `${topic}: not sent`
      : `${source}: line ${headers['line']?.toString() ?? '?'}`;
  }
  return `${topic} ${lane}/${offset}${item === null ? '' : `, fix ${item}`}`;
}

function plain({ id, letter, replayedMs }: BuriedLetter): unknown {
  const headers = Object.entries(letter.headers).map(([name, value]) => [
    name,
    value.toString('base64'),
  ]);
  return {
    id,
    ...letter,
    time: new Date(letter.timeMs).toISOString(),
    key: letter.key?.toString('base64') ?? null,
    value: letter.value?.toString('base64') ?? null,
    headers: Object.fromEntries(headers) as unknown,
    replayed: replayedMs === null ? null : new Date(replayedMs).toISOString(),
    fix: fixOf(letter),
  };
}

/** The fields of the original's fix, right or wrong; null where there is nothing to be seen of one. */
function fixOf({ value, item, truncatedFromBytes }: BuriedLetter['letter']): unknown {
  if (value === null || item !== null || truncatedFromBytes !== null) return null;
  try {
    return decodeGeoFixRecord(value);
  } catch (error) {
    if (error instanceof PipelineError) return null;
    throw error;
  }
}

function printLine(line: string): void {
  process.stdout.write(`${line}\n`);
}
