import type { Supervisor } from '../control/supervisor.js';
import { qualityAlert } from '../observe/quality-alert.js';
import type { RunMonitor } from '../observe/run-monitor.js';
import { judgedFigures, type Summary } from '../observe/summary.js';
import type { Verdict } from '../observe/verdict.js';
import type { Deployed } from './pipeline-run.js';
import type { UpFlags } from './up.js';

/** What is known of a run at its end. */
export interface EndedRun {
  readonly deployed: Deployed;
  readonly flags: Pick<UpFlags, 'fleet' | 'seed'>;
  readonly monitor: RunMonitor;
  readonly verdict: Verdict;
  readonly restarts: Supervisor['restarts'];
  /** When the feed began, epoch milliseconds. */
  readonly feedStartMs: number;
}

/** The figures of a run that has ended. */
export function summaryOf(run: EndedRun): Summary {
  const { deployed, flags, monitor, verdict, restarts, feedStartMs } = run;
  const { plan, brokers, card } = deployed;
  const seconds = Math.max(0, monitor.lastPredictionMs - feedStartMs) / 1000;
  const stages = monitor.rates.totals();
  return {
    predictions: monitor.predictions,
    ratePerS: seconds === 0 ? 0 : monitor.predictions / seconds,
    latencyP50Ms: monitor.latency.quantile(0.5),
    latencyP99Ms: monitor.latency.quantile(0.99),
    ...monitor.quality.total(),
    card,
    qualityAlert: qualityAlert(monitor.quality.live(monitor.lastPredictionMs), card),
    ...judgedFigures(verdict),
    deadLetters: stages.reduce((sum, stage) => sum + stage.deadLetters, 0),
    stages,
    pipeline: plan.pipeline,
    plan: plan.name,
    modelDigest: plan.modelDigest,
    cuts: plan.cuts,
    lanes: plan.lanes,
    seed: flags.fleet ? flags.seed : null,
    seconds,
    brokers,
    restarts,
    processes: monitor.rates.processes(),
  };
}
