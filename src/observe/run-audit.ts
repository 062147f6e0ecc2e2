import type { LaneLog } from '../broker/lane-log.js';
import { pipelineTopics } from '../broker/topics.js';
import { Grid } from '../geo/grid.js';
import { fileOf, gridPath, type ModelFiles } from '../model/model-files.js';
import { decodeDeadLetter } from '../wire/dead-letter.js';
import type { PlanRecord } from '../wire/partition-plan.js';
import { decodePrediction, type Prediction } from '../wire/prediction.js';
import { loggedFix, type FixReading } from './logged-fix.js';
import { Referee, type LoggedFix } from './referee.js';
import type { TfjsComparison } from './tfjs-comparison.js';
import { UncutModel } from './uncut-model.js';
import type { Verdict } from './verdict.js';

/** A part of a topic, by lane. */
export interface LaneRanges {
  readonly from: readonly number[];
  /** Behind the last one. */
  readonly to: readonly number[];
}

/** What is to be checked. */
export interface AuditOptions {
  readonly laneLog: LaneLog;
  readonly plan: PlanRecord;
  readonly model: ModelFiles;
  readonly fixes: LaneRanges;
  readonly predictions: LaneRanges;
  readonly deadLetters: LaneRanges;
  /** Which lanes are to be looked at; left out, all of them. */
  readonly isJudged?: (lane: number) => boolean;
  /** How many of the windows are also predicted by tfjs-layers, to compare; 0 leaves that out. */
  readonly tfjsWindows: number;
}

/** What a check has found. */
export interface Audit {
  readonly verdict: Verdict;
  /** null where no window was to be compared. */
  readonly tfjs: TfjsComparison | null;
}

/**
 * Checks the records of a run: from the fixes in the input topic, by the uncut model, what should
 * be in the output topic, and from the output topic, as a `read_committed` reader sees it, what is.
 */
export async function auditRun(options: AuditOptions): Promise<Audit> {
  const { plan, model, fixes } = options;
  const grid = Grid.read(fileOf(model, gridPath));
  const uncut = await UncutModel.load(model, plan.topK, options.tfjsWindows);
  try {
    const referee = new Referee({
      plan: plan.name,
      modelDigest: plan.modelDigest,
      rules: plan.rules,
      grid,
      predict: (windows, batch) => uncut.predict(windows, batch),
    });
    const failed = await failedOffsets(options);
    for (const [lane, judgeFrom] of fixes.from.entries()) {
      if (options.isJudged?.(lane) === false) continue;
      await referee.judge({
        lane,
        judgeFrom,
        judgeTo: fixes.to[lane] ?? 0,
        fixes: loggedFixes(options, lane, grid.size),
        predictions: predictions(options, lane),
        failedOffsets: failed.get(lane) ?? new Set(),
      });
    }
    return { verdict: referee.verdict(), tfjs: await uncut.differenceFromTfjs() };
  } finally {
    uncut.dispose();
  }
}

/**
 * The fixes of a lane from the plan's start on. Before the run only those of vehicles that the run
 * sees again count, for what they leave of their windows.
 */
async function* loggedFixes(
  options: AuditOptions,
  lane: number,
  cellCount: number,
): AsyncGenerator<LoggedFix> {
  const { laneLog, plan, fixes } = options;
  const topic = pipelineTopics(plan.pipeline).fixes;
  const reading: FixReading = { fixesTopic: topic, steps: plan.rules.steps, cellCount };
  const from = fixes.from[lane] ?? 0;
  const to = fixes.to[lane] ?? 0;
  const begin = (await laneLog.bounds(topic)).begin[lane] ?? 0;
  const planStart = Math.max(begin, plan.startOffsets[lane] ?? 0);
  if (planStart < from) {
    const seen = new Set<string>();
    for await (const { key } of laneLog.read(topic, lane, from, to, true)) seen.add(String(key));
    for await (const record of laneLog.read(topic, lane, planStart, from, true)) {
      if (seen.has(String(record.key))) yield loggedFix(record, reading);
    }
  }
  for await (const record of laneLog.read(topic, lane, from, to, true)) {
    yield loggedFix(record, reading);
  }
}

async function* predictions(options: AuditOptions, lane: number): AsyncGenerator<Prediction> {
  const { laneLog, plan } = options;
  const topic = pipelineTopics(plan.pipeline).predictions;
  const { from, to } = options.predictions;
  for await (const { value } of laneLog.read(topic, lane, from[lane] ?? 0, to[lane] ?? 0, true)) {
    if (value === null) continue;
    const prediction = decodePrediction(value);
    if (prediction.plan === plan.name) yield prediction;
  }
}

/** Fixes whose items a stage gave up. What the windower rejects, the referee rules on itself. */
async function failedOffsets(options: AuditOptions): Promise<Map<number, Set<number>>> {
  const { laneLog, plan, deadLetters } = options;
  const topic = pipelineTopics(plan.pipeline).deadLetter;
  const ofPlan = `${plan.pipeline}.${plan.name}.`;
  const failed = new Map<number, Set<number>>();
  for (const [lane, from] of deadLetters.from.entries()) {
    if (options.isJudged?.(lane) === false) continue;
    const offsets = new Set<number>();
    for await (const { value } of laneLog.read(topic, lane, from, deadLetters.to[lane])) {
      if (value === null) continue;
      const letter = decodeDeadLetter(value);
      if (letter.item !== null && letter.topic.startsWith(ofPlan)) offsets.add(letter.item);
    }
    failed.set(lane, offsets);
  }
  return failed;
}
