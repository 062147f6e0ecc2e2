/** A share of 1 and where it lies with 95 % confidence. */
export interface ShareInterval {
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

/** Two-sided 95 % of the normal distribution. */
const z = 1.959964;

/**
 * Wilson's interval of a share: where it lies if each of the items came out by itself. Items of one
 * vehicle depend on each other a little, so it is somewhat narrow.
 *
 * @param hits 0 … items
 * @param items more than 0
 * @see https://doi.org/10.1080/01621459.1927.10502953 (Wilson 1927)
 */
export function wilsonInterval(hits: number, items: number): ShareInterval {
  const share = hits / items;
  const scale = 1 + z ** 2 / items;
  const middle = (share + z ** 2 / (2 * items)) / scale;
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / items + z ** 2 / (4 * items ** 2));
  return { share, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}
