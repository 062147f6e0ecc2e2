/** How fast something grows, and how sure that is. */
export interface Growth {
  readonly perHour: number;
  /** Standard error of it. */
  readonly error: number;
}

/** One value at one time. */
export interface TimedValue {
  readonly timeMs: number;
  readonly value: number;
}

const hourMs = 3_600_000;

/**
 * The slope of the straight line with the least squares through some values, and its standard error.
 *
 * @returns null of fewer than three values: no line is surer than another
 * @see Draper and Smith, Applied Regression Analysis, 1.4
 */
export function growthOf(values: readonly TimedValue[]): Growth | null {
  const count = values.length;
  if (count < 3) return null;
  const mean = (of: (one: TimedValue) => number): number =>
    values.reduce((sum, one) => sum + of(one), 0) / count;
  const hours = ({ timeMs }: TimedValue): number => timeMs / hourMs;
  const [meanHours, meanValue] = [mean(hours), mean(({ value }) => value)];
  let squares = 0;
  let products = 0;
  for (const one of values) {
    squares += (hours(one) - meanHours) ** 2;
    products += (hours(one) - meanHours) * (one.value - meanValue);
  }
  const perHour = products / squares;
  const residual = values.reduce(
    (sum, one) => sum + (one.value - meanValue - perHour * (hours(one) - meanHours)) ** 2,
    0,
  );
  return { perHour, error: Math.sqrt(residual / (count - 2) / squares) };
}
