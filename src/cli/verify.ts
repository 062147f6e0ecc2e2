import { Option, type Command } from 'commander';
import { createKafka } from '../broker/kafka-client.js';
import { committedCoverage } from '../broker/committed.js';
import { connected } from '../broker/connect.js';
import { LaneLog } from '../broker/lane-log.js';
import { pipelineTopics } from '../broker/topics.js';
import { findPlan } from '../control/plan-store.js';
import { learnSchemas } from '../control/schema-store.js';
import { renderVerdict } from '../observe/render-verdict.js';
import { isSound } from '../observe/summary.js';
import { styleFor } from '../observe/terminal.js';
import type { TfjsComparison } from '../observe/tfjs-comparison.js';
import { tfjsTolerance } from '../observe/verdict.js';
import { auditInChildren } from './audit.js';
import { clusterCommand, commandContext, wholeNumber } from './global-options.js';
import { writeJson } from './write-json.js';

interface VerifyFlags {
  readonly plan?: string;
  readonly last?: number;
  readonly json?: string;
}

/** tfjs-layers is several times slower than the engine: it gets some of the windows. */
const tfjsWindows = 1_024;

/** `stagecoach verify` */
export function verifyCommand(): Command {
  return clusterCommand('verify')
    .description('check the predictions on record, bit for bit, against the uncut model')
    .option('--plan <name>', 'the plan to check (default: the active one)')
    .addOption(
      new Option('--last <n>', 'only the predictions for the last n fixes of each lane').argParser(
        wholeNumber(1),
      ),
    )
    .option('--json <file>', 'write the verdict there too')
    .action(runVerify);
}

async function runVerify(flags: VerifyFlags): Promise<void> {
  const { config, client, log } = commandContext('verify', { ...flags });
  const kafka = createKafka(client, log);
  const admin = await connected(kafka.admin());
  const laneLog = await LaneLog.connect(kafka);
  try {
    const topics = pipelineTopics(config.pipeline);
    await learnSchemas(laneLog, topics.control, log);
    const plan = await findPlan(laneLog, topics.control, flags.plan);
    const fixes = await laneLog.bounds(topics.fixes);
    const to = await committedCoverage(admin, plan, 'sink');
    const from = fixes.begin.map((begin, lane) => {
      const start = Math.max(begin, plan.startOffsets[lane] ?? 0);
      return flags.last === undefined ? start : Math.max(start, (to[lane] ?? 0) - flags.last);
    });
    const predictions = await laneLog.bounds(topics.predictions);
    const deadLetters = await laneLog.bounds(topics.deadLetter);
    const { verdict, tfjs } = await auditInChildren({
      client,
      pipeline: plan.pipeline,
      plan: plan.name,
      fixes: { from, to },
      predictions: { from: predictions.begin, to: predictions.end },
      deadLetters: { from: deadLetters.begin, to: deadLetters.end },
      tfjsWindows,
    });
    const style = styleFor(process.stdout, process.env);
    process.stdout.write(`${renderVerdict(verdict, style)}\n`);
    const isNear = tfjs === null || 'refusal' in tfjs || tfjs.largest <= tfjsTolerance;
    if (tfjs !== null) process.stdout.write(` ${comparisonText(tfjs, isNear)}\n`);
    if (flags.json !== undefined) await writeJson(flags.json, { ...verdict, tfjs });
    if (!isSound(verdict) || !isNear) process.exitCode = 1;
  } finally {
    await Promise.all([laneLog.close(), admin.disconnect()]);
  }
}

function comparisonText(tfjs: TfjsComparison, isNear: boolean): string {
  if ('refusal' in tfjs) {
    return `Its probabilities are compared with no other program's. ${tfjs.refusal}`;
  }
  const { windows, largest } = tfjs;
  return (
    `${isNear ? 'Its' : 'WRONG: its'} probabilities differ from those of tfjs-layers' own predict by ` +
    `${largest.toExponential(1)} at most (${windows} windows, all cells); ${tfjsTolerance} is allowed.`
  );
}
