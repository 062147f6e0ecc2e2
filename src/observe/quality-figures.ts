import type { ErrorCount, QualityCounts, ReliabilityBin } from '../wire/quality-window.js';

/** Predictions that were given with about the same probability, and how many came true. */
export interface CalibrationBin {
  /** Where the bin begins and ends: probabilities of the best candidate, 0 … 1. */
  readonly from: number;
  readonly to: number;
  readonly predictions: number;
  /** Mean of the probabilities that were given, 0 … 1. */
  readonly given: number;
  /** Share of the predictions whose best candidate was the next cell, 0 … 1. */
  readonly cameTrue: number;
}

/** How good predictions are whose truth is known. Null is what none of them tells. */
export interface QualityFigures {
  /** Predictions whose truth is known. */
  readonly scored: number;
  /** Of the scored, whose best candidate was the next cell. */
  readonly top1Hits: number;
  /** Shares of the scored that had the next cell among the best one, three, five: 0 … 1. */
  readonly top1: number | null;
  readonly top3: number | null;
  readonly top5: number | null;
  /** From the best candidate's centre to the next cell's, to a twentieth of a cell's side. */
  readonly medianErrorM: number | null;
  /** Bins that have predictions, lowest first. */
  readonly calibration: readonly CalibrationBin[];
  /** By how much given and came true differ, in the mean over the predictions: 0 … 1. */
  readonly calibrationError: number | null;
}

/** The figures of the counts of several sinks together. */
export function qualityFigures(counts: readonly QualityCounts[]): QualityFigures {
  const sum = (countOf: (one: QualityCounts) => number): number =>
    counts.reduce((total, one) => total + countOf(one), 0);
  const scored = sum((one) => one.scored);
  const top1Hits = sum(({ top1 }) => top1);
  const share = (hits: number): number | null => (scored === 0 ? null : hits / scored);
  const calibration = calibrationOf(counts.map(({ reliability }) => reliability));
  return {
    scored,
    top1Hits,
    top1: share(top1Hits),
    top3: share(sum(({ top3 }) => top3)),
    top5: share(sum(({ top5 }) => top5)),
    medianErrorM: medianOf(counts.flatMap(({ errors }) => errors)),
    calibration,
    calibrationError: share(
      calibration.reduce(
        (total, { predictions, given, cameTrue }) =>
          total + predictions * Math.abs(given - cameTrue),
        0,
      ),
    ),
  };
}

/** The nearest rank, as of all errors in one list. */
function medianOf(errors: readonly ErrorCount[]): number | null {
  const total = errors.reduce((sum, { predictions }) => sum + predictions, 0);
  let seen = 0;
  for (const { metres, predictions } of errors.toSorted((a, b) => a.metres - b.metres)) {
    seen += predictions;
    if (seen >= total / 2) return metres;
  }
  return null;
}

/** Bins of sinks that divide 0 … 1 into other parts can't be added: the first sink's division counts. */
function calibrationOf(sinks: readonly (readonly ReliabilityBin[])[]): CalibrationBin[] {
  const parts = sinks[0]?.length ?? 0;
  const alike = sinks.filter(({ length }) => length === parts);
  return Array.from({ length: parts }, (_, part) => {
    const bins = alike.map((sink) => sink[part]);
    const sum = (countOf: (bin: ReliabilityBin) => number): number =>
      bins.reduce((total, bin) => total + (bin === undefined ? 0 : countOf(bin)), 0);
    const predictions = sum((bin) => bin.predictions);
    return {
      from: part / parts,
      to: (part + 1) / parts,
      predictions,
      given: sum(({ probabilitySum }) => probabilitySum) / predictions,
      cameTrue: sum(({ hits }) => hits) / predictions,
    };
  }).filter(({ predictions }) => predictions > 0);
}
