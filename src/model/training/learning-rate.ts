/** How fast a network learns in the course of its training. */
export interface LearningRateSchedule {
  /** The highest rate. */
  readonly peak: number;
  /** Steps over which the rate rises from 0 to its peak, in a straight line. */
  readonly warmUpSteps: number;
}

/** What the rate ends at, as a share of the peak. */
const finalShare = 0.01;

/**
 * The learning rate of a step: warm-up, then half a cosine down to a hundredth of the peak.
 *
 * @param step counts from 1
 * @param progress how much of the training is over, 0 … 1
 * @see https://arxiv.org/abs/1608.03983 equation 5, without restarts
 */
export function learningRateAt(
  schedule: LearningRateSchedule,
  step: number,
  progress: number,
): number {
  const warmth = Math.min(1, step / schedule.warmUpSteps);
  const cosine = (1 + Math.cos(Math.PI * Math.min(1, progress))) / 2;
  return schedule.peak * warmth * (finalShare + (1 - finalShare) * cosine);
}
