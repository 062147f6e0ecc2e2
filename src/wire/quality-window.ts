/** How often a best candidate was so far from the vehicle's next cell. */
export interface ErrorCount {
  /** From centre to centre, rounded to a twentieth of a cell's side. */
  readonly metres: number;
  readonly predictions: number;
}

/** Predictions whose best candidate had about the same probability. */
export interface ReliabilityBin {
  readonly predictions: number;
  /** Of their best candidates' probabilities. */
  readonly probabilitySum: number;
  /** Of the predictions, whose best candidate was the vehicle's next cell. */
  readonly hits: number;
}

/** What came true of a sink's predictions. All are counts and sums: those of several sinks add up. */
export interface QualityCounts {
  /** Predictions of which the vehicle's next cell became known. */
  readonly scored: number;
  /** Of the scored, whose best candidate was that cell. */
  readonly top1: number;
  /** Of the scored, that had that cell among their best three candidates. */
  readonly top3: number;
  /** Of the scored, that had that cell among their best five candidates. */
  readonly top5: number;
  /** Nearest first. A prediction counts where both cells are within the grid: cell 0 has no centre. */
  readonly errors: readonly ErrorCount[];
  /** Bins that divide 0 … 1 into equal parts by the best candidate's probability, lowest first. */
  readonly reliability: readonly ReliabilityBin[];
}

/** {@link QualityCounts} of a stretch of time. */
export interface QualityWindow extends QualityCounts {
  /** How far back it goes, in milliseconds; 0: to the worker's start. */
  readonly windowMs: number;
}

/** The stretches of time that a sink tells of. Milliseconds. */
export const qualityWindowsMs = { fiveMinutes: 300_000, hour: 3_600_000, sinceStart: 0 } as const;
