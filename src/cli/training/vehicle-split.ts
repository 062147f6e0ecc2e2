import { createHash } from 'node:crypto';

/** What a vehicle's fixes are used for. */
export type Part = 'training' | 'validation' | 'test';

/** The parts, in the order in which shares are given. */
export const parts: readonly Part[] = ['training', 'validation', 'test'];

/** How vehicles are divided. */
export interface Split {
  readonly seed: number;
  /** Per cent of the vehicles, 100 together. */
  readonly percent: Readonly<Record<Part, number>>;
}

/**
 * The part that a vehicle belongs to: its id and the seed decide it, whatever other vehicles there
 * are. The first 32 bits of SHA-256 of `seed:id`, as a share of 2³², are compared with the shares.
 */
export function partOf(vehicleId: string, { seed, percent }: Split): Part {
  const bits = createHash('sha256').update(`${seed}:${vehicleId}`).digest().readUInt32BE(0);
  const at = (100 * bits) / 2 ** 32;
  if (at < percent.training) return 'training';
  return at < percent.training + percent.validation ? 'validation' : 'test';
}

/** Reads shares such as `70/10/20`; null where they are not three whole numbers of 100 together. */
export function parseShares(text: string): Split['percent'] | null {
  const [training = 0, validation = 0, test = 0, ...more] = text.split('/').map(Number);
  const all = [training, validation, test];
  const isWhole = all.every((share) => Number.isInteger(share) && share > 0);
  if (!isWhole || more.length > 0 || training + validation + test !== 100) return null;
  return { training, validation, test };
}
