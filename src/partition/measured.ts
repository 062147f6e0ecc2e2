import type { FitError, Measured } from './profile.js';

/** The value below which a share of sorted samples lies, between two of them where need be. */
function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)] ?? NaN;
  return below + ((sorted[Math.ceil(at)] ?? NaN) - below) * (at - Math.floor(at));
}

/** The middle one of some values, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  return measuredOf(values).median;
}

/** Median and spread of samples: not moved by a few that something else has made slow. */
export function measuredOf(samples: readonly number[]): Measured {
  const sorted = [...samples].sort((a, b) => a - b);
  return {
    median: quantile(sorted, 0.5),
    spread: (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / 2,
  };
}

/**
 * How far the median of so many samples may be from the true one, as a share of it: its standard
 * error where samples are normal, 1.25 σ / √n with σ = 1.48 × half of the distance of the quartiles.
 *
 * @see Kenney, Keeping, Mathematics of Statistics, part 2, 1951: standard error of the median
 */
export function uncertaintyOf({ median, spread }: Measured, samples: number): number {
  return (1.25 * 1.48 * spread) / Math.sqrt(samples) / median;
}

/** Errors as shares of what was found; 0 where nothing was. */
export function fitErrorOf(
  pairs: readonly { readonly found: number; readonly said: number }[],
): FitError {
  const errors = pairs.map(({ found, said }) => Math.abs(said / found - 1));
  const count = errors.length;
  if (count === 0) return { count, median: 0, largest: 0 };
  return { count, median: measuredOf(errors).median, largest: Math.max(...errors) };
}
