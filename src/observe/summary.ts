import type { CardAccuracy } from '../model/card-accuracy.js';
import type { QualityFigures } from './quality-figures.js';
import type { ProcessMemory, StageTotals } from './rates.js';
import type { Fault, FaultKind, Verdict } from './verdict.js';

/** The end of a run, as `--json` writes it. */
export interface Summary extends QualityFigures {
  /** Predictions that are there. */
  readonly predictions: number;
  readonly ratePerS: number;
  /** From the broker taking in the fix to the prediction; null without predictions. */
  readonly latencyP50Ms: number | null;
  readonly latencyP99Ms: number | null;
  /** How good the model was in its test; null where that is not known. */
  readonly card: CardAccuracy | null;
  /** That predictions come true less often than the card promises, in words; null where not. */
  readonly qualityAlert: string | null;
  /** Predictions that the fixes call for. */
  readonly expected: number;
  readonly missing: number;
  readonly repeated: number;
  readonly outOfOrder: number;
  /** Predictions that aren't bit for bit those of the uncut model. */
  readonly altered: number;
  /** Predictions that no fix calls for. */
  readonly unexpected: number;
  readonly deadLetters: number;
  /** Null where there was no prediction to compare. */
  readonly identicalToUncut: boolean | null;
  readonly stages: readonly StageTotals[];
  readonly pipeline: string;
  readonly plan: string;
  readonly modelDigest: string;
  /** Index of the first layer of sub-models 2 … K. */
  readonly cuts: readonly number[];
  readonly lanes: number;
  /** Seed of the simulated fleet; null where the fixes came from elsewhere. */
  readonly seed: number | null;
  readonly fixes: number;
  readonly seconds: number;
  readonly brokers: number;
  /** Processes that died and were started again. */
  readonly restarts: number;
  readonly processes: readonly ProcessMemory[];
  /** The first few things wrong of each kind. */
  readonly faults: readonly Fault[];
}

/** The part of a {@link Summary} that the referee gives. */
export type JudgedFigures = Pick<
  Summary,
  FaultKind | 'expected' | 'identicalToUncut' | 'fixes' | 'faults'
>;

/** Takes from a verdict what a {@link Summary} says of it. */
export function judgedFigures(verdict: Verdict): JudgedFigures {
  const { missing, repeated, outOfOrder, altered, unexpected } = verdict;
  const { expected, identicalToUncut, fixes, faults } = verdict;
  return {
    ...{ expected, missing, repeated, outOfOrder, altered, unexpected },
    ...{ identicalToUncut, fixes, faults },
  };
}

/** Whether every prediction that is owed is there once, in order and as the uncut model has it. */
export function isSound(judged: Readonly<Record<FaultKind, number>>): boolean {
  const { missing, repeated, outOfOrder, altered, unexpected } = judged;
  return missing + repeated + outOfOrder + altered + unexpected === 0;
}
