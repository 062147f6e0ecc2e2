import { PartitionError } from './errors.js';
import type { Profile } from './profile.js';

/** What all layers take of an item at the largest batch size that both have measured. */
function networkMs({ layers }: Profile, batch: number): number {
  return layers.reduce((sum, { times }) => {
    return sum + (times.find((time) => time.batch === batch)?.ms.median ?? 0);
  }, 0);
}

/**
 * How fast a node is, where a node that another profile is of counts as 1.
 *
 * @throws {PartitionError} PROFILE_INVALID where the profiles are of different models, or have no
 * batch size in common
 */
export function relativeSpeed(profile: Profile, like: Profile): number {
  if (profile.modelDigest !== like.modelDigest) {
    throw new PartitionError(
      'PROFILE_INVALID',
      `The profile to compare with is of the model ${like.modelDigest}, and this one of ${profile.modelDigest}: profile the same model on both nodes.`,
    );
  }
  const known = new Set(like.calls.map(({ batch }) => batch));
  const batch = Math.max(
    ...profile.calls.map((call) => call.batch).filter((one) => known.has(one)),
  );
  if (batch > 0) return (like.node.speed * networkMs(like, batch)) / networkMs(profile, batch);
  throw new PartitionError(
    'PROFILE_INVALID',
    'The two profiles have no batch size in common: profile both nodes with the same version.',
  );
}
