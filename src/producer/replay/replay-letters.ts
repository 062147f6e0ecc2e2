import { readDeadLetters, type BuriedLetter } from '../../broker/dead-letter-log.js';
import type { ClientOptions } from '../../broker/kafka-client.js';
import type { LaneLog } from '../../broker/lane-log.js';
import { ReplayTransactions } from '../../broker/replay-transactions.js';
import { pipelineTopics } from '../../broker/topics.js';
import type { Logger } from '../../log.js';
import type { PlanRecord } from '../../wire/partition-plan.js';
import { findWindows, lostItem } from './item-windows.js';
import { judgeFix, refused, sendItem, type Judgement } from './judgement.js';
import { selectLetters, type LetterFilter } from './letter-filter.js';
import type { Repairs } from './repairs.js';

/** Which dead letters are to be sent again, and how. */
export interface ReplayOptions {
  /** The active plan: its rules decide what may pass. */
  readonly plan: PlanRecord;
  /** Plans, by name, whose windows the active plan can take: of the same grid, and as long. */
  readonly windowsOf: ReadonlySet<string>;
  readonly filter: LetterFilter;
  /** Where given, only these letters, each with the fix that takes its original's place. */
  readonly repairs: Repairs | null;
  readonly force: boolean;
  /** Only says what would be sent. */
  readonly dryRun: boolean;
}

/** What a replay has done, or would do. */
export interface ReplayReport {
  readonly sent: readonly BuriedLetter[];
  /** Those of the letters asked for that were replayed before. */
  readonly before: readonly BuriedLetter[];
  readonly refused: readonly Extract<Judgement, { kind: 'refused' }>[];
  /** Ids of repairs that no dead letter has. */
  readonly unknown: readonly string[];
}

/** What a replay needs of the cluster. */
export interface ReplayIo {
  readonly client: ClientOptions;
  readonly laneLog: LaneLog;
  readonly log: Logger;
}

/**
 * Sends dead letters again, each once: a letter that was replayed before is left alone, and a replay
 * that runs at the same time is fenced.
 *
 * @throws {BrokerError} where the broker refuses; what was sent until then is marked
 */
export async function replayDeadLetters(
  io: ReplayIo,
  options: ReplayOptions,
): Promise<ReplayReport> {
  const topics = pipelineTopics(options.plan.pipeline);
  if (options.dryRun) return (await prepare(io, options)).report;
  // Whoever replays besides is fenced first: the markers that are read then are all there will be.
  const transactions = await ReplayTransactions.open(io.client, topics, io.log);
  try {
    const { report, judgements } = await prepare(io, options);
    await transactions.send(
      judgements.flatMap((judgement) => (judgement.kind === 'send' ? [judgement.replay] : [])),
    );
    return report;
  } finally {
    await transactions.close();
  }
}

interface Prepared {
  readonly judgements: readonly Judgement[];
  readonly report: ReplayReport;
}

async function prepare({ laneLog }: ReplayIo, options: ReplayOptions): Promise<Prepared> {
  const { repairs, filter } = options;
  const all = await readDeadLetters(laneLog, pipelineTopics(options.plan.pipeline).deadLetter);
  const ids = new Set(all.map(({ id }) => id));
  const candidates = repairs === null ? all : all.filter(({ id }) => repairs.has(id));
  const asked = selectLetters(candidates, filter);
  const judgements = await judge(
    laneLog,
    asked.filter(({ replayedMs }) => replayedMs === null),
    options,
  );
  const report: ReplayReport = {
    sent: judgements.flatMap((made) => (made.kind === 'send' ? [made.letter] : [])),
    before: asked.filter(({ replayedMs }) => replayedMs !== null),
    refused: judgements.flatMap((made) => (made.kind === 'refused' ? [made] : [])),
    unknown: [...(repairs?.keys() ?? [])].filter((id) => !ids.has(id)),
  };
  return { judgements, report };
}

async function judge(
  laneLog: LaneLog,
  letters: readonly BuriedLetter[],
  options: ReplayOptions,
): Promise<Judgement[]> {
  const { plan, windowsOf, repairs, force } = options;
  const { pipeline, lanes, rules } = plan;
  const { fixes } = pipelineTopics(pipeline);
  const items = letters.flatMap((letter) => lostItem(letter, pipeline) ?? []);
  const usable = items.filter((lost) => windowsOf.has(lost.plan));
  const windows = await findWindows(laneLog, pipeline, usable, rules.steps);
  const judging = { lanes, rules, force, nowMs: Date.now() };
  return letters.map((letter) => {
    const repair = repairs?.get(letter.id);
    if (letter.letter.topic === fixes) return judgeFix(letter, repair, judging);
    const lost = lostItem(letter, pipeline);
    const window = windows.get(letter.id);
    if (lost === null) return refused(letter, reasons.record);
    if (repair !== undefined) return refused(letter, reasons.repairedItem);
    if (!windowsOf.has(lost.plan)) return refused(letter, reasons.otherPlan(lost.plan));
    if (window === undefined) return refused(letter, reasons.noWindow);
    return sendItem(letter, window, { plan: lost.plan, lanes });
  });
}

const reasons = {
  record:
    'a whole record between the stages could not be read, and the fixes that it accounted for are a gap: see docs/architecture.md, "Gaps"',
  repairedItem: 'it is an item of a stage and goes again with its window, not with a fix',
  otherPlan: (plan: string) => `the windows of plan ${plan} are of another grid or another length`,
  noWindow: 'its window is not to be had any more: the topics between the stages keep six hours',
};
