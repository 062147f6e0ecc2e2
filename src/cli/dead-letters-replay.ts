import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { readDeadLetters } from '../broker/dead-letter-log.js';
import { createKafka } from '../broker/kafka-client.js';
import { LaneLog } from '../broker/lane-log.js';
import { pipelineTopics, type PipelineTopics } from '../broker/topics.js';
import { modelGrids } from '../control/model-store.js';
import { readPlans, findPlan } from '../control/plan-store.js';
import { learnSchemas } from '../control/schema-store.js';
import { ConfigError, messageOf } from '../errors.js';
import { parseIsoTimeMs } from '../geo/time.js';
import { counted } from '../observe/figures.js';
import { countsByCode, type LetterFilter } from '../producer/replay/letter-filter.js';
import { parseRepairs, type Repairs } from '../producer/replay/repairs.js';
import { replayDeadLetters, type ReplayReport } from '../producer/replay/replay-letters.js';
import type { PlanRecord } from '../wire/partition-plan.js';
import { clusterCommand, commandContext, wholeNumber } from './global-options.js';

interface ReplayFlags {
  readonly code?: string;
  readonly vehicle?: string;
  readonly lane?: number;
  readonly since?: number;
  readonly last?: number;
  readonly all?: boolean;
  readonly repaired?: string;
  readonly force?: boolean;
  readonly dryRun?: boolean;
}

/** Letters that are told of one by one; all are counted. */
const maxTold = 20;

/** `stagecoach dead-letters replay` */
export function deadLettersReplayCommand(): Command {
  return clusterCommand('replay')
    .description('send dead letters through the pipeline again, each once, marked')
    .option('--all', 'all that were not replayed yet')
    .option('--code <code>', 'only those with this error code')
    .option('--vehicle <id>', 'only those of this vehicle')
    .addOption(number('--lane <n>', 'only those from this lane', 0))
    .addOption(
      new Option('--since <time>', 'only those since this ISO 8601 time').argParser(isoTime),
    )
    .addOption(number('--last <n>', 'only so many of the newest', 1))
    .option(
      '--repaired <file>',
      'the lines of "dead-letters --json", each with the "fix" to send instead; - is standard input',
    )
    .option('--force', 'also fixes that are too late or not plausible and would most probably fail')
    .option('--dry-run', 'only tell what would be sent')
    .action(replay);
}

function number(flags: string, description: string, least: number): Option {
  return new Option(flags, description).argParser(wholeNumber(least));
}

function isoTime(given: string): number {
  const timeMs = parseIsoTimeMs(given);
  if (Number.isFinite(timeMs)) return timeMs;
  throw new InvalidArgumentError(
    `expected an ISO 8601 date and time such as 2024-03-04T09:00:00+09:00, found "${given}"`,
  );
}

async function replay(flags: ReplayFlags): Promise<void> {
  const { config, client, log } = commandContext('dead-letters-replay', { ...flags });
  const topics = pipelineTopics(config.pipeline);
  const repairs = flags.repaired === undefined ? null : await readRepairs(flags.repaired);
  const laneLog = await LaneLog.connect(createKafka(client, log));
  try {
    const { code, vehicle: vehicleId, lane, since: sinceMs, last } = flags;
    const filter: LetterFilter = { code, vehicleId, lane, sinceMs, last };
    if (flags.all !== true && repairs === null && isEmpty(filter)) {
      throw new ConfigError(await whichSentence(laneLog, topics));
    }
    await learnSchemas(laneLog, topics.control, log);
    const plan = await findPlan(laneLog, topics.control, undefined);
    const windowsOf = await plansOfSameWindows(laneLog, topics, plan);
    const [force, dryRun] = [flags.force === true, flags.dryRun === true];
    const options = { plan, windowsOf, filter, repairs, force, dryRun };
    const report = await replayDeadLetters({ client, laneLog, log }, options);
    tell(report, topics, dryRun);
    if (report.refused.length > 0 || report.unknown.length > 0) process.exitCode = 1;
  } finally {
    await laneLog.close();
  }
}

async function readRepairs(file: string): Promise<Repairs> {
  if (file === '-') return parseRepairs(await text(process.stdin));
  const content = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new ConfigError(`The file ${file} can't be read: ${messageOf(error)}`, error);
  });
  return parseRepairs(content);
}

function isEmpty(filter: LetterFilter): boolean {
  return Object.values(filter).every((value) => value === undefined);
}

async function whichSentence(laneLog: LaneLog, { deadLetter }: PipelineTopics): Promise<string> {
  const letters = await readDeadLetters(laneLog, deadLetter);
  const left = letters.filter(({ replayedMs }) => replayedMs === null);
  const held =
    left.length === 0
      ? `${deadLetter} holds none that was not replayed yet.`
      : `${deadLetter} holds, not replayed yet: ${countsByCode(left)}.`;
  return `Say which dead letters are to be sent again: --code, --vehicle, --lane, --since, --last, --repaired, or --all. ${held}`;
}

/** Cell ids are of a grid: a window of another one would be another way through another city. */
async function plansOfSameWindows(
  laneLog: LaneLog,
  topics: PipelineTopics,
  active: PlanRecord,
): Promise<ReadonlySet<string>> {
  const { plans } = await readPlans(laneLog, topics.control);
  const grids = await modelGrids(laneLog, topics.models);
  const grid = grids.get(active.modelDigest);
  const same = [...plans.values()].filter(
    ({ rules, modelDigest }) =>
      rules.steps === active.rules.steps && grid !== undefined && grids.get(modelDigest) === grid,
  );
  return new Set(same.map(({ name }) => name));
}

function tell(report: ReplayReport, { fixes, deadLetter }: PipelineTopics, dryRun: boolean): void {
  const { sent, before, refused, unknown } = report;
  const done = dryRun ? 'would be sent' : 'sent';
  const codes = sent.length === 0 ? '' : `: ${countsByCode(sent)}`;
  print(`${counted(sent.length, 'dead letter')} ${done} to ${fixes} again${codes}`);
  if (dryRun) some(sent.map(({ id, letter }) => `${id}  ${letter.code}`)).forEach(print);
  if (before.length > 0) {
    print(`${before.length} replayed before and left alone: ${countsByCode(before)}`);
  }
  if (refused.length > 0) {
    const letters = refused.map(({ letter }) => letter);
    warn(`${refused.length} not sent: ${countsByCode(letters)}`);
    some(
      refused.map(({ letter, reason }) => `${letter.id}  ${letter.letter.code}: ${reason}`),
    ).forEach(warn);
  }
  if (unknown.length > 0) {
    warn(`${counted(unknown.length, 'repaired letter')} not sent: ${deadLetter} has no such id`);
    some([...unknown]).forEach(warn);
  }
}

/** The first of many lines, indented, and how many there are besides. */
function some(lines: readonly string[]): string[] {
  const more = lines.length - maxTold;
  const told = lines.slice(0, maxTold).map((line) => `  ${line}`);
  return more > 0 ? [...told, `  … and ${more} more`] : told;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function warn(line: string): void {
  process.stderr.write(`${line}\n`);
}
