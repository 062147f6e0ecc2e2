import Table from 'cli-table3';
import type { Command } from 'commander';
import { Option } from 'commander';
import { createKafka } from '../broker/kafka-client.js';
import { LaneLog } from '../broker/lane-log.js';
import { pipelineTopics } from '../broker/topics.js';
import { decodeDeadLetter, type DeadLetter } from '../wire/dead-letter.js';
import { clusterCommand, commandContext, wholeNumber } from './global-options.js';

interface DeadLetterFlags {
  readonly code?: string;
  readonly last: number;
  readonly json?: boolean;
}

/** `stagecoach dead-letters` */
export function deadLettersCommand(): Command {
  return clusterCommand('dead-letters')
    .description('list what could not be processed, and why')
    .option('--code <code>', 'only those with this error code')
    .addOption(
      new Option('--last <n>', 'how many of the newest are listed')
        .argParser(wholeNumber(1))
        .default(20),
    )
    .option('--json', 'one JSON object a line, with the original in base64')
    .action(listDeadLetters);
}

async function listDeadLetters(flags: DeadLetterFlags): Promise<void> {
  const { config, client, log } = commandContext('dead-letters', { ...flags });
  const laneLog = await LaneLog.connect(createKafka(client, log));
  try {
    const topic = pipelineTopics(config.pipeline).deadLetter;
    const all = await readLetters(laneLog, topic);
    const letters = all.filter(({ code }) => flags.code === undefined || code === flags.code);
    const shown = letters.slice(-flags.last);
    if (flags.json === true) for (const letter of shown) printLine(JSON.stringify(plain(letter)));
    else if (letters.length > 0) printTable(letters, shown, topic);
    else printLine(noneSentence(all, topic, flags.code));
  } finally {
    await laneLog.close();
  }
}

/** All letters, oldest first. A worker that was replaced may have written one twice: it is one. */
async function readLetters(laneLog: LaneLog, topic: string): Promise<DeadLetter[]> {
  const { begin, end } = await laneLog.bounds(topic);
  const letters: { letter: DeadLetter; writtenMs: number }[] = [];
  const known = new Set<string>();
  for (const [lane, from] of begin.entries()) {
    for await (const { value, timestampMs } of laneLog.read(topic, lane, from, end[lane])) {
      if (value === null) continue;
      const letter = decodeDeadLetter(value);
      const origin = `${letter.topic} ${letter.lane} ${letter.offset} ${letter.item ?? ''}`;
      if (letter.offset >= 0 && known.has(origin)) continue;
      known.add(origin);
      letters.push({ letter, writtenMs: timestampMs });
    }
  }
  return letters.sort((a, b) => a.writtenMs - b.writtenMs).map(({ letter }) => letter);
}

function printTable(
  letters: readonly DeadLetter[],
  shown: readonly DeadLetter[],
  topic: string,
): void {
  printLine(`${topic}: ${countsOf(letters)}`);
  const table = new Table({
    head: ['time', 'where', 'key', 'code', 'reason'],
    colWidths: [...fixedWidths, reasonWidth()],
    wordWrap: true,
    style: { head: [], border: [] },
  });
  for (const letter of shown) {
    table.push([
      new Date(letter.timeMs).toISOString().slice(0, 19),
      origin(letter),
      (letter.key?.toString() ?? '').slice(0, 40),
      letter.code,
      letter.message,
    ]);
  }
  printLine(table.toString());
}

function countsOf(letters: readonly DeadLetter[]): string {
  const counts = new Map<string, number>();
  for (const { code } of letters) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts].map(([code, count]) => `${count} ${code}`).join(', ');
}

function noneSentence(all: readonly DeadLetter[], topic: string, code: string | undefined): string {
  if (code === undefined || all.length === 0) return `${topic} holds no dead letters.`;
  return `${topic} holds none with the code ${code}; there are: ${countsOf(all)}.`;
}

/** Columns of time, origin, key and code; the reason gets what is left of the terminal. */
const fixedWidths = [21, 22, 12, 26];

function reasonWidth(): number {
  const columns = process.stdout.columns || 140;
  const borders = fixedWidths.length + 2;
  return Math.max(24, columns - borders - fixedWidths.reduce((sum, width) => sum + width, 0));
}

function origin({ topic, lane, offset, item, headers }: DeadLetter): string {
  if (offset < 0) {
    const source = headers['source']?.toString();
    return source === undefined
      ? `${topic}: not sent`
      : `${source}: line ${headers['line']?.toString() ?? '?'}`;
  }
  return `${topic} ${lane}/${offset}${item === null ? '' : `, fix ${item}`}`;
}

function plain(letter: DeadLetter): unknown {
  const headers = Object.entries(letter.headers).map(([name, value]) => [
    name,
    value.toString('base64'),
  ]);
  return {
    ...letter,
    time: new Date(letter.timeMs).toISOString(),
    key: letter.key?.toString('base64') ?? null,
    value: letter.value?.toString('base64') ?? null,
    headers: Object.fromEntries(headers) as unknown,
  };
}

function printLine(line: string): void {
  process.stdout.write(`${line}\n`);
}
